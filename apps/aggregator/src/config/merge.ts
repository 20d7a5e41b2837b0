import type { Finding } from './finding.ts'
import { allKeys } from './keys/all-keys.ts'
import type { ConfigValue, KeySpec } from './keys/key-spec.ts'
import type { Setting, Source, SourceKind } from './sources/setting.ts'
import { shownValue } from './values/format-value.ts'
import { parseValue, type Places } from './values/parse-value.ts'
import { quote } from './values/quote.ts'

/** The value that a key has in the end, before anything is derived from it, and who gave it. */
export interface Resolved {
  readonly spec: KeySpec
  readonly value: ConfigValue
  readonly source: Source
  /** False when a source gave text that cannot be read: an error says so, and nothing else should be said about the key. */
  readonly isValid: boolean
}

/** Every key's value by its full name. */
export type ResolvedKeys = ReadonlyMap<string, Resolved>

/** What relative paths are relative to; paths from files are relative to `home`. */
export type MergePlaces = Omit<Places, 'base'> & { readonly workingDirectory: string }

const strongestFirst: readonly SourceKind[] = ['flag', 'environment', 'file', 'default']

/**
 * Takes each key's value from its strongest source: flags over environment over file over default. Every given text is
 * parsed, also one that is overruled. Two different values of one key from the same kind of source are an error.
 */
export function mergeSettings(
  settings: readonly Setting[],
  places: MergePlaces,
): { readonly keys: ResolvedKeys; readonly errors: readonly Finding[] } {
  const errors: Finding[] = []
  const keys = new Map<string, Resolved>()
  for (const spec of allKeys) {
    const given = settings.filter((setting) => setting.spec === spec)
    const merged = mergeKey(spec, given, places)
    errors.push(...merged.errors)
    keys.set(spec.key, merged.resolved)
  }
  return { keys, errors }
}

/** The same for one key; `given` are its settings. */
export function mergeKey(
  spec: KeySpec,
  given: readonly Setting[],
  places: MergePlaces,
): { readonly resolved: Resolved; readonly errors: readonly Finding[] } {
  const candidates: Candidate[] = []
  const errors: Finding[] = []
  for (const { text, source } of [...given, defaultOf(spec)]) {
    const base = source.kind === 'file' ? places.home : places.workingDirectory
    const result = parseValue(spec, text, { ...places, base })
    if (result.ok) candidates.push({ spec, value: result.value, source })
    else errors.push(...result.problems.map((problem) => ({ key: spec.key, source: source.label, problem })))
  }
  const ranked = strongestFirst.map((kind) => candidates.filter(({ source }) => source.kind === kind))
  errors.push(...ranked.flatMap(conflict))
  return { resolved: { ...ranked.flat()[0]!, isValid: errors.length === 0 }, errors }
}

type Candidate = Omit<Resolved, 'isValid'>

function defaultOf(spec: KeySpec): Setting {
  return { spec, text: spec.default, source: { kind: 'default', label: 'default' } }
}

/** The error for candidates of one kind of source that differ. */
function conflict(candidates: readonly Candidate[]): readonly Finding[] {
  const [first, ...others] = candidates
  const other = first && others.find(({ value }) => !isSameValue(value, first.value))
  if (!first || !other) return []
  const show = (candidate: Candidate): string => quote(shownValue(candidate.spec, candidate.value))
  const problem = `is ${show(first)} here and ${show(other)} at ${other.source.label}; keep one of the two`
  return [{ key: first.spec.key, source: first.source.label, problem }]
}

/** Whether two parsed values of one key are the same, however they were written. */
export function isSameValue(a: ConfigValue, b: ConfigValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
