import { type Command, CommanderError } from 'commander'

/** Lets a command read its arguments; an exit code when there is nothing to do, because help was asked for or they are wrong. */
export function parseArgs(command: Command, args: readonly string[]): number | undefined {
  try {
    command.exitOverride().parse(args, { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}
