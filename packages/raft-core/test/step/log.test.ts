import { encodeEntry, type Entry } from 'raft-core'
import { expect, test } from 'vitest'
import {
  appendEntries,
  cachedEntries,
  compactTo,
  evict,
  firstCachedIndex,
  firstIndexOfTerm,
  lastIndexWithTermAtMost,
  lastPosition,
  type LogState,
  resetTo,
  termAt,
  truncateFrom,
} from '../../src/step/log.ts'
import { nextRandom } from '../../src/step/random.ts'

const nothing = new Uint8Array(0)

function emptyLog(): LogState {
  return { base: { index: 0, term: 0 }, lastIndex: 0, terms: [], tail: [], tailBytes: 0, durableIndex: 0 }
}

/** The slow oracle: one term per index in an array, compacted terms forgotten. */
function agreesWith(log: LogState, terms: readonly number[], base: number): void {
  expect(log.lastIndex).toBe(terms.length - 1)
  for (let index = 0; index < terms.length + 2; index++) {
    const expected = index < base ? undefined : terms[index]
    expect(termAt(log, index), `term at ${index}`).toBe(expected)
    if (expected === undefined || index <= base) continue
    const first = terms.findIndex((term, at) => at > base && term === expected)
    expect(firstIndexOfTerm(log, index), `first index of the term at ${index}`).toBe(first)
  }
  for (let term = 0; term < 12; term++) {
    const last = terms.findLastIndex((other, at) => at > base && other <= term)
    expect(lastIndexWithTermAtMost(log, term)).toBe(last < 0 ? base : last)
  }
  expect(lastPosition(log)).toEqual({ index: terms.length - 1, term: terms.at(-1) })
}

test('terms, truncation and compaction agree with a plain array over random histories', () => {
  const random = { state: 1 }
  const upTo = (limit: number): number => Math.floor(nextRandom(random) * limit)
  for (let round = 0; round < 200; round++) {
    const log = emptyLog()
    let terms = [0]
    let base = 0
    for (let turn = 0; turn < 40; turn++) {
      const last = terms.length - 1
      const choice = upTo(10)
      if (choice < 6) {
        const term = Math.max(1, terms[last]! + (upTo(4) === 0 ? 1 : 0))
        appendEntries(log, [encodeEntry(last + 1, term, 'command', nothing)])
        terms.push(term)
      } else if (choice < 8 && last > base) {
        const from = base + 1 + upTo(last - base)
        truncateFrom(log, from)
        terms = terms.slice(0, from)
      } else if (choice === 8 && last > base) {
        base += 1 + upTo(last - base)
        compactTo(log, { index: base, term: terms[base]! })
      } else if (choice === 9) {
        evict(log, upTo(last + 1), upTo(100))
      }
      agreesWith(log, terms, base)
      expect(log.tailBytes).toBe(log.tail.reduce((sum, entry) => sum + entry.record.length, 0))
    }
  }
})

test('a batch is cut at the byte limit, but never to nothing', () => {
  const log = emptyLog()
  const entries: Entry[] = [1, 2, 3].map((index) => encodeEntry(index, 1, 'command', new Uint8Array(100)))
  appendEntries(log, entries)
  const size = entries[0]!.record.length
  expect(cachedEntries(log, 1, 4, 2 * size)).toEqual(entries.slice(0, 2))
  expect(cachedEntries(log, 2, 4, 1)).toEqual(entries.slice(1, 2))
  expect(cachedEntries(log, 1, 3, 1000)).toEqual(entries.slice(0, 2))
})

test('eviction keeps what may not go yet', () => {
  const log = emptyLog()
  appendEntries(
    log,
    [1, 2, 3].map((index) => encodeEntry(index, 1, 'command', nothing)),
  )
  evict(log, 1, 0)
  expect(firstCachedIndex(log)).toBe(2)
})

test('a reset leaves an empty log behind the snapshot, nothing durable beyond it', () => {
  const log = emptyLog()
  appendEntries(log, [encodeEntry(1, 1, 'command', nothing)])
  resetTo(log, { index: 9, term: 4 })
  expect(lastPosition(log)).toEqual({ index: 9, term: 4 })
  expect([termAt(log, 1), termAt(log, 9), termAt(log, 10)]).toEqual([undefined, 4, undefined])
})
