import { stripVTControlCharacters } from 'node:util'

/** A short time: `84 ms`, `0.6 s`, `12 s`, `3 min`. */
export function formatMs(ms: number): string {
  if (ms < 500) return `${Math.round(ms)} ms`
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}

/** Seconds with one digit, for lines that are compared with each other: `12.3 s`. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/** The beginning of a hash, enough to compare by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8)
}

/** `HH:MM:SS` in local time. */
export function formatTime(wallMs: number): string {
  return new Date(wallMs).toTimeString().slice(0, 8)
}

/** `1 block`, `2 blocks`. */
export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

/** Text of a child process for one line of a terminal: no control characters, bounded. */
export function oneLine(text: string, limit = 160): string {
  const trimmed = stripVTControlCharacters(text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
  return trimmed.length > limit ? `${trimmed.slice(0, limit - 1)}…` : trimmed
}
