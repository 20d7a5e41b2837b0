import type { Finding } from '../finding.ts'
import { findKey } from '../keys/all-keys.ts'
import { nearestKey } from '../nearest.ts'
import { quote, shorten } from '../values/quote.ts'
import { type FlagToken, flagTokens } from './flag-tokens.ts'
import type { Setting, SourceReading } from './setting.ts'

/** A command line divided into the flags of the configuration and everything else, both in their order. */
export interface SplitArgs {
  /** For `loadConfig`; mistyped flags with a dot in their name are here too, to be reported with the rest. */
  readonly config: readonly string[]
  /** For the command: its name, arguments and own options. */
  readonly rest: readonly string[]
}

/** Divides a command line. Everything behind a bare `--` is `rest`. */
export function splitConfigArgs(args: readonly string[]): SplitArgs {
  const config: string[] = []
  const rest: string[] = []
  for (const token of flagTokens(args)) (token.kind === 'rest' ? rest : config).push(...token.words)
  return { config, rest }
}

/** Reads flags: `--key=value`, `--key value`, a bare `--key` for true; each also as `--evnode.key` and `--rollkit.key`. */
export function readFlags(args: readonly string[]): SourceReading {
  const settings: Setting[] = []
  const errors: Finding[] = []
  for (const token of flagTokens(args)) {
    const reading = readToken(token)
    if ('problem' in reading) errors.push(reading)
    else settings.push(reading)
  }
  return { settings, errors }
}

function readToken(token: FlagToken): Setting | Finding {
  if (token.kind === 'rest') {
    const problem = `${quote(token.words[0]!)} is not a flag of the configuration; remove it or write --key=value`
    return { key: token.words[0]!, source: 'command line', problem }
  }
  const spec = findKey(token.key)
  const source = `--${shorten(token.name)}`
  if (!spec) {
    return { key: token.key, source, problem: `no such flag; did you mean --${nearestKey(token.key)}?` }
  }
  if (token.value === undefined) return { key: spec.key, source, problem: `has no value; write --${spec.key}=<value>` }
  return { spec, text: token.value, source: { kind: 'flag', label: source } }
}
