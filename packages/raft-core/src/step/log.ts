import { assert } from '../assert.ts'
import type { Entry, LogPosition } from '../entry.ts'
import type { TermRun } from '../ports/log-store.ts'
import type { LogIndex, Term } from '../types.ts'

/**
 * What the step knows of its log: the term of every index, and the entries of the tail.
 *
 * Terms are kept as runs, so that every consistency check is answered without reading the disk.
 */
export interface LogState {
  /** What precedes the first entry: a snapshot's position, or 0@0. */
  base: LogPosition
  lastIndex: LogIndex
  terms: TermRun[]
  /** Entries `lastIndex - tail.length + 1` to `lastIndex`; since this start, at least all not yet durable or committed. */
  tail: Entry[]
  tailBytes: number
  /** Every entry through this survives a crash. */
  durableIndex: LogIndex
}

/** Index and term of the last entry, or of what precedes an empty log. */
export function lastPosition(log: LogState): LogPosition {
  return { index: log.lastIndex, term: log.terms.at(-1)?.term ?? log.base.term }
}

/** Term of the entry at `index`, or undefined when the log does not know it (compacted, or beyond the end). */
export function termAt(log: LogState, index: LogIndex): Term | undefined {
  if (index === log.base.index) return log.base.term
  if (index < log.base.index || index > log.lastIndex) return undefined
  return log.terms[runAt(log, index)]!.term
}

/** First index of the run of equal terms that `index` belongs to. */
export function firstIndexOfTerm(log: LogState, index: LogIndex): LogIndex {
  assert(index > log.base.index && index <= log.lastIndex, 'the index is in the log')
  return log.terms[runAt(log, index)]!.from
}

/** Last index whose term is at most `term`; the base's index when there is none. */
export function lastIndexWithTermAtMost(log: LogState, term: Term): LogIndex {
  const after = log.terms.find((run) => run.term > term)
  return after ? after.from - 1 : log.lastIndex
}

/** Appends entries that follow the log's end, their terms never falling. */
export function appendEntries(log: LogState, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const last = lastPosition(log)
    assert(entry.index === last.index + 1, 'an entry follows the one before it')
    assert(entry.term >= last.term, 'terms never fall along the log')
    if (log.terms.length === 0 || entry.term !== last.term) log.terms.push({ from: entry.index, term: entry.term })
    log.tail.push(entry)
    log.tailBytes += entry.record.length
    log.lastIndex = entry.index
  }
}

/** Drops `from` and everything above it. */
export function truncateFrom(log: LogState, from: LogIndex): void {
  assert(from > log.base.index && from <= log.lastIndex, 'what is truncated is in the log')
  const keep = Math.max(0, log.tail.length - (log.lastIndex - from + 1))
  for (const entry of log.tail.splice(keep)) log.tailBytes -= entry.record.length
  while (log.terms.length > 0 && log.terms.at(-1)!.from >= from) log.terms.pop()
  log.lastIndex = from - 1
  log.durableIndex = Math.min(log.durableIndex, log.lastIndex)
}

/** Forgets everything through `position`, which a snapshot covers; entries behind it stay. */
export function compactTo(log: LogState, position: LogPosition): void {
  assert(position.index > log.base.index && position.index <= log.lastIndex, 'what is compacted is in the log')
  const first = log.lastIndex - log.tail.length + 1
  for (const entry of log.tail.splice(0, Math.max(0, position.index - first + 1))) log.tailBytes -= entry.record.length
  const run = log.lastIndex > position.index ? runAt(log, position.index + 1) : log.terms.length
  log.terms.splice(0, run)
  if (log.terms.length > 0) log.terms[0] = { from: position.index + 1, term: log.terms[0]!.term }
  log.base = position
}

/** Replaces the log by an empty one behind `position`. */
export function resetTo(log: LogState, position: LogPosition): void {
  log.base = position
  log.lastIndex = position.index
  log.terms = []
  log.tail = []
  log.tailBytes = 0
  log.durableIndex = Math.min(log.durableIndex, position.index)
}

/**
 * Lets go of cached entries up to `through`, oldest first, once the cache is too large; a quarter at a time, because removing
 * from the front of an array costs its length.
 */
export function evict(log: LogState, through: LogIndex, cacheBytes: number): void {
  if (log.tailBytes <= cacheBytes) return
  const target = cacheBytes * 0.75
  let first = log.lastIndex - log.tail.length + 1
  let count = 0
  while (log.tailBytes > target && count < log.tail.length && first <= through) {
    log.tailBytes -= log.tail[count]!.record.length
    count += 1
    first += 1
  }
  if (count > 0) log.tail.splice(0, count)
}

/** First index whose entry is in memory; `lastIndex + 1` when none is. */
export function firstCachedIndex(log: LogState): LogIndex {
  return log.lastIndex - log.tail.length + 1
}

/** Cached entries from `from` below `end`, at least one and no more than fit into `limitBytes`. */
export function cachedEntries(log: LogState, from: LogIndex, end: LogIndex, limitBytes: number): Entry[] {
  const first = firstCachedIndex(log)
  assert(from >= first && end <= log.lastIndex + 1, 'the entries are cached')
  let to = from - first
  let bytes = 0
  while (to < end - first && (to === from - first || bytes + log.tail[to]!.record.length <= limitBytes)) {
    bytes += log.tail[to]!.record.length
    to += 1
  }
  return log.tail.slice(from - first, to)
}

function runAt(log: LogState, index: LogIndex): number {
  let low = 0
  let high = log.terms.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (log.terms[middle]!.from <= index) low = middle
    else high = middle - 1
  }
  return low
}
