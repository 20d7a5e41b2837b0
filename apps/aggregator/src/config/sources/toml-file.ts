import { parse, TomlError } from 'smol-toml'
import { type FileValue, readFileValues } from './file-values.ts'
import type { SourceReading } from './setting.ts'
import { unreadable } from './unreadable.ts'

/** Reads `config.toml`. A syntax error is reported with its line. */
export function readTomlFile(file: string, text: string): SourceReading {
  let table: unknown
  try {
    table = parse(text, { maxDepth: 16 })
  } catch (error) {
    const where = error instanceof TomlError ? `${file}:${error.line}` : file
    return unreadable('config.toml', where, `is not TOML: ${messageOf(error)}; correct it`)
  }
  return readFileValues([...leaves(file, table, [])])
}

function* leaves(file: string, value: unknown, path: readonly string[]): Generator<FileValue> {
  if (!isTable(value)) {
    yield { path, text: textOf(value), label: labelOf(file, path) }
    return
  }
  const entries = Object.entries(value)
  if (entries.length === 0 && path.length > 0) yield { path, text: null, label: labelOf(file, path) }
  for (const [name, child] of entries) yield* leaves(file, child, [...path, name])
}

function labelOf(file: string, path: readonly string[]): string {
  return path.length > 1 ? `${file} [${path.slice(0, -1).join('.')}]` : file
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value)) return undefined
  const words = value.map((word) => (Array.isArray(word) ? undefined : textOf(word)))
  return words.includes(undefined) ? undefined : words.join(',')
}

/** The first line of the library's message, without the picture of the text below it. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.replace('Invalid TOML document: ', '')
}
