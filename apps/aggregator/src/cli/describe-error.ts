import { homedir } from 'node:os'
import { RaftError } from 'raft-core'
import { ConfigInvalidError, loadConfig, readFileIfPresent } from '../config/index.ts'
import { oneLine } from '../config/values/quote.ts'
import { runbookOf, runbookPath } from '../start-up/runbooks.ts'
import { SeveralErrors } from '../start-up/several-errors.ts'
import { StartRefusedError } from '../start-up/start-refused-error.ts'

/** What a person reads of an error: one line for each thing that is wrong, with the page that says more where there is one. */
export function errorLines(error: unknown): readonly string[] {
  if (error instanceof SeveralErrors) return error.errors.flatMap(errorLines)
  if (error instanceof ConfigInvalidError || error instanceof StartRefusedError) return error.message.split('\n')
  if (!(error instanceof Error)) return [oneLine(String(error))]
  if (error instanceof RaftError && error.cause instanceof StartRefusedError) return errorLines(error.cause)
  const page = runbookOf(error)
  return [page ? `${sentence(error)} (${runbookPath(page)})` : sentence(error)]
}

/** raft-core says what it was doing; why it did not work is the store's to say. */
function sentence(error: Error): string {
  const why = error instanceof RaftError && error.cause instanceof Error ? `: ${sentence(error.cause)}` : ''
  return `${oneLine(error.message)}${why}`
}

/** The stacks of an error and of what caused it, for `log.level=debug`. */
export function errorStack(error: unknown): string {
  if (error instanceof SeveralErrors) return error.errors.map(errorStack).join('\n')
  if (!(error instanceof Error)) return String(error)
  const stack = error.stack ?? error.message
  return error.cause === undefined ? stack : `${stack}\ncaused by ${errorStack(error.cause)}`
}

/** True when the configuration asks for the log level debug; when there is no valid one, as far as the flags say. */
export function wantsStack(configArgs: readonly string[]): boolean {
  const world = { env: process.env, userHome: homedir(), workingDirectory: process.cwd(), readFile: readFileIfPresent }
  const result = loadConfig({ args: configArgs, ...world })
  if (result.ok) return result.config.log.level === 'debug'
  const text = configArgs.join(' ')
  return /(^| )--(evnode\.|rollkit\.)?log\.level[= ]debug( |$)/.test(text)
}
