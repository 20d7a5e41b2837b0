import { parseArgs } from 'node:util'
import { describeAct } from './act.ts'
import { playScript, runSeed, type SeedResult } from './run-seed.ts'
import { type Scenario, scenarios } from './scenario.ts'
import { shrink } from './shrink.ts'

/** Lines of a failing seed's trace that are shown. */
const shownLines = 120

/** Failing seeds that are made shorter; the others are only named. */
const shrunkSeeds = 3

const help = `npm run sim -- [--seeds N] [--from S] [--ms M] [--scenario NAME] [--plays P] [--until-failure]

Runs N seeds (200) from S (1) with M milliseconds (10000) of faults each. The first ${shrunkSeeds} that fail are made shorter with at most
P plays (400) and told step by step; --until-failure ends at the first. The last line is JSON; the exit code is 1 when a seed failed,
2 for a wrong command line.

Scenarios:
${Object.entries(scenarios)
  .map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`)
  .join('\n')}
`

/** `npm run sim`: runs seeds, tells each failing one, and ends with one JSON line. */
export function simulateSeeds(args: readonly string[]): number {
  const options = readOptions(args)
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`)
    return 2
  }
  if (options === undefined) {
    process.stdout.write(help)
    return 0
  }
  const { seeds, from, faultyMs, scenario, plays, isOneEnough } = options
  const began = performance.now()
  let done = 0
  const faults: Record<string, number> = {}
  const failures: { seed: number; message: string }[] = []
  let events = 0
  let simulated = 0
  for (let seed = from; seed < from + seeds; seed++) {
    const result = runSeed(seed, { faultyMs, scenario })
    done += 1
    events += result.events
    simulated += result.simulatedMs
    for (const [kind, times] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + times
    if (result.failure === undefined) continue
    failures.push({ seed, message: result.failure.message })
    process.stderr.write(`seed ${seed}: ${result.failure.message}\n`)
    if (failures.length <= shrunkSeeds && plays > 0) process.stderr.write(`${tell(result, plays)}\n`)
    if (isOneEnough) break
  }
  const summary = {
    seeds: done,
    events,
    simulated_ms: Math.round(simulated),
    wall_ms: Math.round(performance.now() - began),
    faults,
    failures,
  }
  process.stdout.write(`${JSON.stringify(summary)}\n`)
  return failures.length === 0 ? 0 : 1
}

interface Options {
  readonly seeds: number
  readonly from: number
  readonly faultyMs: number
  /** How often a failure may be played to make it shorter; 0 to leave it as it is. */
  readonly plays: number
  readonly isOneEnough: boolean
  readonly scenario: Scenario
}

/** Undefined when help is asked for; a sentence when the command line is wrong. */
function readOptions(args: readonly string[]): Options | string | undefined {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const known = {
    seeds: text,
    from: text,
    ms: text,
    plays: text,
    scenario: text,
    help: flag,
    'until-failure': flag,
  } as const
  let values: ReturnType<typeof parseArgs<{ options: typeof known }>>['values']
  try {
    ;({ values } = parseArgs({ args: [...args], options: known }))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  if (values.help) return undefined
  const scenario = scenarios[values.scenario ?? 'swarm']
  if (scenario === undefined) {
    return `there is no scenario ${values.scenario}; there are ${Object.keys(scenarios).join(', ')}`
  }
  const numbers = { seeds: 200, from: 1, ms: 10_000, plays: 400 }
  for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) {
    const value = values[name]
    if (value === undefined) continue
    if (!/^\d+$/.test(value)) return `--${name} is ${value}; it must be a whole number`
    numbers[name] = Number(value)
  }
  const { seeds, from, ms: faultyMs, plays } = numbers
  return { seeds, from, faultyMs, plays, scenario, isOneEnough: values['until-failure'] ?? false }
}

/** What the failure needs, step by step, and the messages before it. */
function tell({ script, failure }: SeedResult, plays: number): string {
  const shrunk = shrink(script, failure!.invariant, { plays })
  const shortest = shrunk?.script ?? script
  const played = playScript(shortest, true).failure
  const header = shrunk
    ? `${script.acts.length} acts, of which ${shortest.acts.length} are enough for: ${shrunk.failure.message}`
    : `${script.acts.length} acts; played again they did not fail in the same way: the simulator is not deterministic`
  const tail = played?.tail.slice(-shownLines) ?? []
  return [header, ...shortest.acts.map(describeAct), 'the last events before it:', ...tail].join('\n')
}
