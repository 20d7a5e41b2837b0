import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'

/**
 * Runs one command and returns the exit code: 0, 2 for a wrong command line, 1 for everything else.
 * Results go to stdout, errors and logs to stderr.
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = commandLine()
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

function commandLine(): Command {
  return new Command('aggregator')
    .description('A highly available block-producing aggregator (rollup sequencer).')
    .version(packageVersion(), '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError()
    .action((_options, command: Command) => command.outputHelp())
}

function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return manifest.version
}
