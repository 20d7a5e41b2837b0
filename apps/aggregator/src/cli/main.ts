import { Command, CommanderError } from 'commander'
import { configFlagsHelp, ConfigInvalidError, splitConfigArgs } from '../config/index.ts'
import { registerDevnet } from '../devnet/register-devnet.ts'
import { editDistance } from '../config/nearest.ts'
import { quote } from '../config/values/quote.ts'
import { exitCodeOf } from '../errors.ts'
import { errorLines, errorStack, wantsStack } from './describe-error.ts'
import { packageVersion } from '../package-version.ts'
import { registerInit } from './init.ts'
import { readConfig } from './read-config.ts'
import { registerStart } from './start.ts'
import { registerStatus } from './status.ts'
import { usageLine } from './usage-line.ts'

/**
 * Runs one command and returns the exit code: 0, 2 for a wrong command line or configuration, 1 for everything else; a
 * devnet says its own.
 *
 * Results go to stdout, errors and logs to stderr: one line for each thing that is wrong, with a stack only at
 * `--log.level=debug`.
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
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    if (error instanceof CommanderError) write(configErrors(config))
    else write(wantsStack(config) ? [errorStack(error)] : errorLines(error))
    return error instanceof CommanderError ? 2 : exitCodeOf(error)
  }
}

function commandLine(configArgs: readonly string[], setExitCode: (code: number) => void): Command {
  const program = new Command('aggregator')
    .description('A highly available block-producing aggregator (rollup sequencer).')
    .version(packageVersion(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({ outputError: (text, writeError) => writeError(`${usageLine(text)}\n`) })
    .addHelpText('after', () => `\n${configFlagsHelp()}`)
    .allowExcessArguments()
    .action((_options, command: Command) => {
      const [name] = command.args
      if (name === undefined) command.outputHelp()
      else command.error(unknownCommand(name, command.commands))
    })
  registerStart(program, configArgs)
  registerInit(program, configArgs)
  registerStatus(program, configArgs)
  registerDevnet(program, configArgs, setExitCode)
  for (const command of program.commands) command.exitOverride().allowExcessArguments(false)
  return program
}

function unknownCommand(written: string, commands: readonly Command[]): string {
  const names = commands.flatMap((command) => [command.name(), ...command.aliases()])
  const [nearest] = names.sort((a, b) => editDistance(written, a) - editDistance(written, b))
  return `error: unknown command ${quote(written)} (Did you mean ${nearest}?)`
}

/** What is wrong with the configuration too, beside a wrong command line. */
function configErrors(configArgs: readonly string[]): readonly string[] {
  try {
    readConfig(configArgs, 'other')
    return []
  } catch (error) {
    if (error instanceof ConfigInvalidError) return errorLines(error)
    throw error
  }
}

function write(lines: readonly string[]): void {
  if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`)
}
