import type { Clock } from '../clock.ts'
import type { Devnet } from '../devnet.ts'
import { formatMs, formatSeconds } from '../format.ts'
import { describeScoreboard } from '../audit/scoreboard.ts'
import { CheckFailed } from './check-failed.ts'
import { steps } from './steps.ts'

export interface TourOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What the tour does now, again whenever that changes. */
  readonly onStep: (text: string) => void
}

export interface TourResult {
  readonly hasPassed: boolean
  /** For people, line by line. */
  readonly report: readonly string[]
}

/** Shows everything a cluster must survive, checks it, and tells. Ends at the first check that fails. */
export async function runTour(devnet: Devnet, options: TourOptions): Promise<TourResult> {
  const { clock, signal, onStep } = options
  const began = clock.now()
  const report: string[] = []
  let failed: string | undefined
  for (const [index, { name, run }] of steps.entries()) {
    const title = `${index + 1} of ${steps.length}, ${name}`
    onStep(title)
    const startedAt = clock.now()
    try {
      const found = await run({ devnet, clock, signal, say: (text) => onStep(`${title}: ${text}`) })
      report.push(`  passed  ${name.padEnd(22)} ${formatSeconds(clock.now() - startedAt).padStart(6)}  ${found}`)
    } catch (error) {
      if (!(error instanceof CheckFailed)) throw error
      failed = signal.aborted ? `${name}: interrupted` : `${name}: ${error.message}`
      report.push(`  FAILED  ${failed}`)
      break
    }
  }
  const score = describeScoreboard(devnet.audit.scoreboard(clock.now())).map((line) => `  ${line}`)
  const verdict = failed === undefined ? 'the tour passed' : `the tour failed at ${failed}`
  return {
    hasPassed: failed === undefined,
    report: ['', ...report, '', ...score, '', `${verdict}, after ${formatMs(clock.now() - began)}`],
  }
}
