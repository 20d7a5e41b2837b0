import { parseArgs } from 'node:util'
import { runSeed } from './run-seed.ts'

/** Lines of a failing seed's trace that are shown. */
const shownLines = 120

/**
 * `npm run sim -- --seeds N [--from S] [--ms M]`: runs seeds, prints each failing one with the end of its trace, and ends with
 * one JSON line. The exit code is 1 when a seed failed.
 */
export function simulateSeeds(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: { type: 'string' }, from: { type: 'string' }, ms: { type: 'string' } },
  })
  const count = Number(values.seeds ?? 200)
  const from = Number(values.from ?? 1)
  const faultyMs = Number(values.ms ?? 10_000)
  const began = performance.now()
  const faults: Record<string, number> = {}
  const failures: { seed: number; message: string }[] = []
  let events = 0
  let simulated = 0
  for (let seed = from; seed < from + count; seed++) {
    const result = runSeed(seed, { faultyMs })
    events += result.events
    simulated += result.simulatedMs
    for (const [kind, times] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + times
    if (result.failure === undefined) continue
    failures.push({ seed, message: result.failure.message })
    process.stderr.write(`${replay(seed, faultyMs)}\n`)
  }
  const summary = {
    seeds: count,
    events,
    simulated_ms: Math.round(simulated),
    wall_ms: Math.round(performance.now() - began),
    faults,
    failures,
  }
  process.stdout.write(`${JSON.stringify(summary)}\n`)
  return failures.length === 0 ? 0 : 1
}

/** Runs a failing seed again, which gives the same trace, and keeps the messages this time. */
function replay(seed: number, faultyMs: number): string {
  const { failure } = runSeed(seed, { faultyMs, isVerbose: true })
  const tail = failure?.tail.slice(-shownLines) ?? ['it did not fail again: the simulator is not deterministic']
  return [`seed ${seed}: ${failure?.message ?? ''}`, ...tail].join('\n')
}
