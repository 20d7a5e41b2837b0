import { allKeys } from './keys/all-keys.ts'

const comparedLimit = 64

/**
 * The key that somebody who wrote `text` most likely meant: the smallest edit distance to its full name, or to its last
 * word for those who forgot the section. Hidden keys are never proposed.
 */
export function nearestKey(text: string): string {
  const written = text.toLowerCase().replaceAll('-', '_').slice(0, comparedLimit)
  let nearest = ''
  let smallest = Number.POSITIVE_INFINITY
  for (const spec of allKeys) {
    if (spec.hidden) continue
    const distance = distanceTo(spec.key, written)
    if (distance < smallest) {
      smallest = distance
      nearest = spec.key
    }
  }
  return nearest
}

/** A beginning of the name is close, however much is missing. */
function distanceTo(key: string, written: string): number {
  const lastWord = key.slice(key.lastIndexOf('.') + 1)
  const distance = Math.min(editDistance(written, key), editDistance(written, lastWord) + 1)
  const isBeginning = written.length > 2 && (key.startsWith(written) || lastWord.startsWith(written))
  return isBeginning ? Math.min(distance, 2) : distance
}

/** Levenshtein's distance, one row at a time. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
