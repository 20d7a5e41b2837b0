import type { Finding } from '../finding.ts'
import { allKeys, findKey } from '../keys/all-keys.ts'
import { nearestKey } from '../nearest.ts'
import type { Setting, SourceReading } from './setting.ts'

/** Errors reported of one file; one with more is some other file. */
const errorLimit = 50

/** A leaf of a parsed file. */
export interface FileValue {
  /** The names from the top of the file. */
  readonly path: readonly string[]
  /** `undefined` when the value is of a type that no key takes, `null` for an empty table. */
  readonly text: string | null | undefined
  /** Where in the file, e.g. `evnode.yaml:12`. */
  readonly label: string
}

/** The keys that a file's leaves set. Sections may stand under `rollkit` or `evnode`. */
export function readFileValues(values: readonly FileValue[]): SourceReading {
  const settings: Setting[] = []
  const errors: Finding[] = []
  for (const value of values) {
    if (errors.length === errorLimit) {
      errors.push({
        key: value.path.join('.'),
        source: value.label,
        problem: 'and more after it; is this the right file?',
      })
      break
    }
    const reading = readLeaf(value)
    if (!reading) continue
    if ('problem' in reading) errors.push(reading)
    else settings.push(reading)
  }
  return { settings, errors }
}

function readLeaf({ path, text, label }: FileValue): Setting | Finding | undefined {
  const isWrapped = path.length > 1 && (path[0] === 'rollkit' || path[0] === 'evnode')
  const key = (isWrapped ? path.slice(1) : path).join('.')
  const spec = findKey(key)
  if (!spec && text === null && isSection(key)) return undefined
  if (!spec) return { key, source: label, problem: `no such key; did you mean ${nearestKey(key)}?` }
  if (spec.flagOnly) return { key, source: label, problem: `is not taken from a file; write --${key} instead` }
  if (text === undefined || text === null) {
    return { key, source: label, problem: 'is neither text, number, boolean nor a list of them; write it as text' }
  }
  return { spec, text, source: { kind: 'file', label } }
}

function isSection(key: string): boolean {
  return key === 'rollkit' || key === 'evnode' || allKeys.some((spec) => spec.key.startsWith(`${key}.`))
}
