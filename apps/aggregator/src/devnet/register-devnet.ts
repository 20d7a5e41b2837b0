import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { readFlags } from '../config/sources/flags.ts'
import { parseDuration } from '../config/values/duration.ts'
import { AggregatorError } from '../errors.ts'
import { systemClock } from './clock.ts'
import { type DevnetOptions, defaultOptions } from './options.ts'
import { StopRequest } from './stop-request.ts'

/**
 * Adds `devnet` to a command line. `configArgs` are the flags of the configuration that were given, of which it knows only
 * `--home`. `onExitCode` is told what the process should exit with once a run is over.
 */
export function registerDevnet(
  program: Command,
  configArgs: readonly string[],
  onExitCode: (exitCode: number) => void,
): void {
  const { nodes } = defaultOptions
  program
    .command('devnet')
    .description('Run a cluster of real processes on this machine, with a load, an auditor and keys that hurt it.')
    .option('--nodes <n>', 'how many nodes, 1 to 9', integer(1, 9), nodes)
    .option('--block-time <duration>', 'time from block to block (default: 1s, in a tour 250ms)', blockTime)
    .option('--tx-rate <n>', 'transactions per second, 0 for none (default: 2, in a tour 10)', rate)
    .option('--base-port <port>', 'first port of each group of a hundred; 0 takes free ones', basePort)
    .option('--reset', 'forget the chain of this home and begin a new one')
    .option('--tour', 'show and check everything unattended, in about a minute, on a chain of its own')
    .showHelpAfterError('See aggregator devnet --help.')
    .addHelpText('after', '\n--home <dir> is the directory of everything it owns (default: ./.devnet).')
    .action(async ({ blockTime, ...given }: Partial<DevnetOptions> & { readonly blockTime?: number }) => {
      const home = homeOf(configArgs)
      onExitCode(await runInThisProcess({ ...defaultOptions, ...given, home, blockTimeMs: blockTime }))
    })
}

async function runInThisProcess(options: DevnetOptions): Promise<number> {
  const stopRequest = new StopRequest(systemClock)
  const stopListening = stopRequest.listenTo(process)
  try {
    // The other commands do without what a devnet is made of.
    const { runDevnet } = await import('./run-devnet.ts')
    return await runDevnet(options, { stdin: process.stdin, stdout: process.stdout, stopRequest })
  } finally {
    stopListening()
  }
}

/** The program takes `--home` out of every command line, for all its commands. */
function homeOf(configArgs: readonly string[]): string {
  const { settings, errors } = readFlags(configArgs)
  const foreign = settings.find(({ spec }) => spec.key !== 'home')?.spec.key ?? errors[0]?.key
  if (foreign !== undefined) {
    throw new AggregatorError('USAGE', `--${foreign} is for one node; devnet sets it itself, see devnet --help`)
  }
  const home = settings.at(-1)?.text
  return home === undefined ? defaultOptions.home : resolve(home)
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`)
  }
}

/** The fourth group ends below 65536. */
function basePort(text: string): number {
  const value = integer(0, 65_000)(text)
  if (value === 0 || value >= 1024) return value
  throw new InvalidArgumentError('Write 0, or a port from 1024 to 65000.')
}

function rate(text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && value <= 1000) return value
  throw new InvalidArgumentError('Write a number from 0 to 1000.')
}

function blockTime(text: string): number {
  const read = parseDuration(text)
  if (!read.ok) throw new InvalidArgumentError(`${read.problems.join('; ')}.`)
  if (read.value >= 10) return read.value
  throw new InvalidArgumentError('Write at least 10ms.')
}
