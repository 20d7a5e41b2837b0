import { homedir } from 'node:os'
import { ConfigInvalidError, type ConfigResult, findingLine, loadConfig, readFileIfPresent } from '../config/index.ts'
import type { Logger } from '../observe/logger.ts'

/** The configuration of this process, or a `ConfigInvalidError` with every reason why not. */
export function readConfig(args: readonly string[], purpose: 'start' | 'other'): Extract<ConfigResult, { ok: true }> {
  const result = loadConfig({
    args,
    env: process.env,
    userHome: homedir(),
    workingDirectory: process.cwd(),
    readFile: readFileIfPresent,
    purpose,
  })
  if (result.ok) return result
  throw new ConfigInvalidError(result.errors)
}

/** Logs what is risky and taken all the same. */
export function logWarnings({ warnings }: Extract<ConfigResult, { ok: true }>, logger: Logger): void {
  for (const warning of warnings) logger.warn({}, findingLine(warning))
}
