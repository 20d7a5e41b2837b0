import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { configFlagsHelp, splitConfigArgs } from '../config/index.ts'
import { registerDevnet } from '../devnet/index.ts'
import { exitCodeOf } from '../errors.ts'
import { registerInit } from './init.ts'
import { registerStart } from './start.ts'
import { registerStatus } from './status.ts'

/**
 * Runs one command and returns the exit code: 0, 2 for a wrong command line or configuration, 1 for everything else; a
 * devnet says its own.
 *
 * Results go to stdout, errors and logs to stderr; an error is its message, with a stack only at `--log.level=debug`.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { config, rest } = splitConfigArgs(args)
  let exitCode = 0
  const setExitCode = (code: number): void => {
    exitCode = code
  }
  try {
    await commandLine(config, setExitCode).parseAsync(rest, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${describe(error, isDebug(args))}\n`)
    return exitCodeOf(error)
  }
}

function commandLine(configArgs: readonly string[], setExitCode: (code: number) => void): Command {
  const program = new Command('aggregator')
    .description('A highly available block-producing aggregator (rollup sequencer).')
    .version(packageVersion(), '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError()
    .addHelpText('after', () => `\n${configFlagsHelp()}`)
    .action((_options, command: Command) => command.outputHelp())
  registerStart(program, configArgs)
  registerInit(program, configArgs)
  registerStatus(program, configArgs)
  registerDevnet(program, configArgs, setExitCode)
  for (const command of program.commands) command.exitOverride()
  return program
}

function describe(error: unknown, isDebug: boolean): string {
  if (!(error instanceof Error)) return String(error)
  return isDebug ? (error.stack ?? error.message) : error.message
}

function isDebug(args: readonly string[]): boolean {
  return args.some((arg, i) => arg === '--log.level=debug' || (arg === '--log.level' && args[i + 1] === 'debug'))
}

function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return manifest.version
}
