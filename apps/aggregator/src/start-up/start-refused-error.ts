import { AggregatorError } from '../errors.ts'
import type { Refusal } from './finding.ts'
import { runbookPath } from './runbooks.ts'

/** What is on this disk does not fit together; nothing was changed. One line a refusal, each with its page. */
export class StartRefusedError extends AggregatorError {
  readonly refusals: readonly Refusal[]

  constructor(refusals: readonly [Refusal, ...Refusal[]]) {
    const lines = refusals.map(({ message, runbook }) => `${message} (${runbookPath(runbook)})`)
    super(refusals[0].code, lines.join('\n'))
    this.name = 'StartRefusedError'
    this.refusals = refusals
  }
}
