import { type Parsed, parsed, unparsed } from './parsed.ts'
import { quote } from './quote.ts'

// In nanoseconds, so that whole units add up exactly.
const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

// A Node timer holds 2^31-1 milliseconds and fires at once above that.
const longestMs = 576 * 3_600_000

/** Reads Go's duration syntax (`1s`, `500ms`, `1m30s`, `1.5h`, `0`) as milliseconds. At most 576h, never negative. */
export function parseDuration(text: string): Parsed<number> {
  if (text === '0') return parsed(0)
  if (/^\d+$/.test(text)) return unparsed(`${quote(text)} has no unit; write ${text}ms or ${text}s`)
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) {
    return unparsed(`${quote(text)} is not a duration; write it like 500ms, 1s or 1m30s`)
  }
  let totalNs = 0
  for (const part of text.matchAll(/([\d.]+)([^\d.]+)/g)) totalNs += Number(part[1]) * unitNs[part[2]!]!
  const totalMs = Math.trunc(totalNs) / 1e6
  return totalMs > longestMs
    ? unparsed(`${quote(text)} is longer than a timer can wait; write at most 576h`)
    : parsed(totalMs)
}

/** Writes milliseconds in the same syntax, in the largest units that show no fraction. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (!Number.isInteger(ms)) return `${Math.round(ms * 1e6)}ns`
  if (ms % 1000 !== 0) return `${ms}ms`
  const seconds = ms / 1000
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}
