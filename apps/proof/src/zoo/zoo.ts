import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { parseArgs } from '../command/parse-args.ts'
import { medianOf } from '../measure/median.ts'
import { type Hunted, hunt, requireHealthy } from './hunt.ts'
import type { Mutant } from './mutant.ts'
import { allMutants } from './mutants/index.ts'
import { Scratch } from './scratch.ts'

/** Of what a killer said, in a line. */
const mostCharacters = 140

const top = fileURLToPath(new URL('../../../..', import.meta.url))

/**
 * `npm run zoo`: puts one bug after another into a scratch build, and lets the simulator or a test find it. Prints who found it and
 * how soon, the survivors, and last `killed K of N`. Resolves with the exit code: 0, 1 when one survived, 2 for a wrong command
 * line, 130 when it was interrupted.
 */
export async function zoo(args: readonly string[]): Promise<number> {
  const options = readOptions(args)
  if (typeof options === 'number') return options
  const chosen = allMutants.filter(({ name }) => options.only === undefined || name.includes(options.only))
  if (options.list) {
    for (const { name, file, seenIn } of chosen) say(`${name.padEnd(42)} ${file}${seenIn ? `  (${seenIn})` : ''}`)
    return 0
  }
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort())
  try {
    return await huntAll(chosen, options.jobs, interrupted.signal)
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
    say('interrupted')
    return 130
  }
}

async function huntAll(mutants: readonly Mutant[], jobs: number, signal: AbortSignal): Promise<number> {
  const waiting = [...mutants]
  const hunted = new Map<Mutant, Hunted>()
  let health: Promise<void> | undefined
  const healthy = (scratch: Scratch): Promise<void> => (health ??= requireHealthy(mutants, scratch, signal))
  const work = async (): Promise<void> => {
    const scratch = await Scratch.make(top)
    try {
      await healthy(scratch)
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const found = await hunt(mutant, scratch, signal)
        hunted.set(mutant, found)
        say(describe(mutant, found, `${hunted.size} of ${mutants.length}`))
      }
    } finally {
      await scratch.remove()
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  const survivors = mutants.filter((mutant) => hunted.get(mutant)?.killer === undefined)
  const times = [...hunted.values()].filter(({ killer }) => killer !== undefined).map(({ tookMs }) => tookMs)
  if (times.length > 0) say(`median ${seconds(medianOf(times))}, longest ${seconds(Math.max(...times))}`)
  for (const { name, file } of survivors) say(`SURVIVED ${name} in ${file}`)
  say(`killed ${mutants.length - survivors.length} of ${mutants.length}`)
  return survivors.length === 0 ? 0 : 1
}

function describe({ name }: Mutant, { killer, tookMs }: Hunted, progress: string): string {
  return `${progress.padStart(10)}  ${seconds(tookMs).padStart(7)}  ${name}: ${killer?.slice(0, mostCharacters) ?? 'SURVIVED'}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

interface ZooOptions {
  readonly only: string | undefined
  readonly jobs: number
  readonly list: boolean
}

function readOptions(args: readonly string[]): ZooOptions | number {
  const command = new Command('npm run zoo --')
    .description('Puts known bugs into a scratch build, one at a time; the simulator or a test must find each.')
    .option('--only <text>', 'only those with this in their name')
    .option('--jobs <n>', 'how many at once', jobs, 2)
    .option('--list', 'print their names, and run nothing', false)
  return parseArgs(command, args) ?? command.opts<ZooOptions>()
}

function jobs(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('It is a number from 1 to 99.')
  return Number(text)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
