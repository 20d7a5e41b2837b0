import { type Parsed, parsed, unparsed } from './parsed.ts'
import { quote } from './quote.ts'

const units: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KB', 1000],
  ['MB', 1000 ** 2],
  ['GB', 1000 ** 3],
  ['TB', 1000 ** 4],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
  ['TiB', 1024 ** 4],
])

/** Reads a size in bytes: `1GiB`, `64MiB`, `10MB`, `4096`. A safe integer. */
export function parseBytes(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text)
  const factor = match ? units.get(match[2]!) : undefined
  const bytes = match && factor !== undefined ? Number(match[1]) * factor : Number.NaN
  return Number.isSafeInteger(bytes)
    ? parsed(bytes)
    : unparsed(`${quote(text)} is not a size; write it like 64MiB or 1GiB, or in plain bytes`)
}

/** Writes bytes in the largest binary unit that shows no fraction. */
export function formatBytes(bytes: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB']) {
    const size = units.get(unit)!
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`
  }
  return String(bytes)
}
