/**
 * The configuration: flags, environment and files become one validated `Config`, or the list of all errors.
 *
 * ```ts
 * const { config: args, rest } = splitConfigArgs(process.argv.slice(2))
 * const world = { env: process.env, userHome: homedir(), workingDirectory: process.cwd(), readFile: readFileIfPresent }
 * const result = loadConfig({ args, ...world, purpose: 'start' })
 * if (!result.ok) throw new ConfigInvalidError(result.errors)
 * for (const warning of result.warnings) logger.warn(findingLine(warning))
 * start(result.config)
 * ```
 *
 * Everything about a key is in one place, the table in `keys/`; types, help, the written file, the documentation and the
 * warnings of keys without effect come from it.
 */
export type { Config, RaftConfig } from './config.ts'
export { ConfigInvalidError } from './config-invalid-error.ts'
export { type Finding, findingLine } from './finding.ts'
export { type ConfigInput, type ConfigResult, loadConfig } from './load-config.ts'
export type { Resolved, ResolvedKeys } from './merge.ts'
export { configFlagsHelp } from './render/help.ts'
export { renderKeyTable } from './render/key-table.ts'
export { renderDefaultToml } from './render/default-toml.ts'
export { readFileIfPresent } from './sources/disk.ts'
export { variableOf } from './sources/environment.ts'
export type { ReadFile } from './sources/files.ts'
export { type SplitArgs, splitConfigArgs } from './sources/flags.ts'
export { formatDuration, parseDuration } from './values/duration.ts'
export { shownValue } from './values/format-value.ts'
export { formatHostPort, type HostPort } from './values/host-port.ts'
export type { Peer } from './values/peers.ts'
