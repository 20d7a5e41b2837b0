import { buildConfig } from './build-config.ts'
import type { Config } from './config.ts'
import type { Finding } from './finding.ts'
import { findKey } from './keys/all-keys.ts'
import { mergeKey, mergeSettings, type ResolvedKeys } from './merge.ts'
import { applyRules } from './rules/apply-rules.ts'
import { readEnvironment } from './sources/environment.ts'
import { readConfigFiles, type ReadFile } from './sources/files.ts'
import { readFlags } from './sources/flags.ts'
import type { Setting } from './sources/setting.ts'

/** Everything that the configuration may depend on. */
export interface ConfigInput {
  /** Flags only, as `splitConfigArgs` gives them. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home, absolute: `~/` in paths, and the default home is `.aggregator` in it. */
  readonly userHome: string
  /** What relative paths of flags and variables are relative to; absolute. */
  readonly workingDirectory: string
  readonly readFile: ReadFile
  /** `start` also refuses a configuration under which there is nothing to run. Default `other`. */
  readonly purpose?: 'start' | 'other'
}

/** A configuration that may be used, or every reason why not. */
export type ConfigResult =
  | {
      readonly ok: true
      readonly config: Config
      /** Risky, yet taken; for every start. */
      readonly warnings: readonly Finding[]
      /** Worth knowing; for `config check`. */
      readonly notes: readonly Finding[]
      /** Value and source of every key by its full name, the ones without effect included. */
      readonly keys: ResolvedKeys
    }
  | { readonly ok: false; readonly errors: readonly Finding[]; readonly warnings: readonly Finding[] }

/**
 * Reads flags, environment and the two files below the home, validates everything and looks at nothing else. Never
 * throws: whatever is wrong with the input is among the errors, all of them at once.
 */
export function loadConfig(input: ConfigInput): ConfigResult {
  const direct = [readFlags(input.args), readEnvironment(input.env)]
  const typed = direct.flatMap((reading) => reading.settings)
  const home = homeOf(typed, input)
  const files = readConfigFiles(home, input.readFile)
  const merged = mergeSettings([...typed, ...files.settings], { ...input, home })
  const config = buildConfig(merged.keys)
  const findings = applyRules(config, merged.keys, input.purpose ?? 'other')
  const errors = [...direct, files, merged, findings].flatMap((part) => part.errors)
  if (errors.length > 0) return { ok: false, errors, warnings: findings.warnings }
  return { ok: true, config, warnings: findings.warnings, notes: findings.notes, keys: merged.keys }
}

/** The home decides where the files are, so it is known before them and never taken from one. */
function homeOf(typed: readonly Setting[], input: ConfigInput): string {
  const given = typed.filter((setting) => setting.spec.key === 'home')
  return mergeKey(findKey('home')!, given, { ...input, home: input.userHome }).resolved.value as string
}
