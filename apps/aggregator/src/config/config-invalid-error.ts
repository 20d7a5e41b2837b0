import { AggregatorError } from '../errors.ts'
import { type Finding, findingLine } from './finding.ts'

/** The configuration cannot be used. The message lists every error, one a line. */
export class ConfigInvalidError extends AggregatorError {
  readonly errors: readonly Finding[]

  constructor(errors: readonly Finding[]) {
    super('CONFIG_INVALID', errors.map(findingLine).join('\n'))
    this.name = 'ConfigInvalidError'
    this.errors = errors
  }
}
