import type { BlockStore, Interval } from 'block-fsm'
import type { HistoryStore } from 'p2p-catchup'
import { array, assert, integer, property, tuple } from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import { nextStep, type Step } from '../../src/backfill/plan.ts'
import { intervalAt, withInterval } from '../../src/intervals.ts'
import type { HistoryStatus } from '../../src/ports/history-store.ts'

const at = (from: number, to: number): Interval => ({ from, to })

function status(headers: Interval[], blocks: Interval[], sealed = 0, earliest = 1): HistoryStatus {
  const contiguous = intervalAt(blocks, earliest)?.to ?? earliest - 1
  return { earliest, contiguous, sealed, headers, blocks }
}

test.each<[string, HistoryStatus, number[], Step | undefined]>([
  ['nothing anchored, nothing to do', status([], []), [], undefined],
  ['headers come down from the anchor', status([], []), [9], { kind: 'headers', from: 1, to: 9, top: 'anchor' }],
  [
    'after a kill they go on below what is stored',
    status([at(6, 9)], []),
    [9],
    { kind: 'headers', from: 1, to: 5, top: 'stored' },
  ],
  [
    'a newer anchor leaves the spine below an older one alone',
    status([at(6, 9)], []),
    [9, 20],
    { kind: 'headers', from: 1, to: 5, top: 'stored' },
  ],
  ['the lowest gap is closed first', status([], []), [9, 20], { kind: 'headers', from: 1, to: 9, top: 'anchor' }],
  ['bodies follow a whole spine', status([at(1, 9)], []), [9], { kind: 'data', from: 1, to: 9 }],
  [
    'bodies come before the headers of a higher gap',
    status([at(1, 9), at(15, 16)], [at(1, 2)]),
    [20],
    { kind: 'data', from: 3, to: 9 },
  ],
  [
    'then the gap up to stored headers',
    status([at(1, 9), at(15, 16)], [at(1, 9)]),
    [20],
    { kind: 'headers', from: 10, to: 14, top: 'stored' },
  ],
  [
    'bodies stop below a whole block',
    status([at(1, 20)], [at(1, 2), at(7, 20)]),
    [9],
    { kind: 'data', from: 3, to: 6 },
  ],
  [
    'a gap below blocks from consensus needs no anchor',
    status([at(1, 3), at(8, 9)], [at(1, 3), at(8, 9)], 3),
    [],
    { kind: 'headers', from: 4, to: 7, top: 'stored' },
  ],
  [
    'signatures come last, up to the anchor',
    status([at(1, 20)], [at(1, 20)], 4),
    [9],
    { kind: 'signatures', from: 5, to: 9 },
  ],
  ['signatures above the anchor are for others', status([at(1, 20)], [at(1, 20)], 9), [9], undefined],
  [
    'nothing below the earliest height is wanted',
    status([], [], 49, 50),
    [60],
    { kind: 'headers', from: 50, to: 60, top: 'anchor' },
  ],
])('%s', (_, given, anchors, expected) => {
  expect(nextStep(given, anchors, true)).toEqual(expected)
})

test('whatever is stored and anchored, steps end with a whole chain and never touch what is there', () => {
  const intervals = array(tuple(integer({ min: 1, max: 40 }), integer({ min: 0, max: 8 })), { maxLength: 4 })
  assert(
    property(intervals, intervals, array(integer({ min: 1, max: 60 }), { maxLength: 4 }), (spine, whole, marks) => {
      let blocks: readonly Interval[] = []
      for (const [from, length] of whole) blocks = withInterval(blocks, from, from + length)
      let headers = blocks
      for (const [from, length] of spine) headers = withInterval(headers, from, from + length)
      const anchors = [...new Set(marks)].sort((a, b) => a - b)
      const target = Math.max(0, anchors.at(-1) ?? 0, headers.at(-1)?.to ?? 0)
      for (let turns = 0; ; turns++) {
        expect(turns).toBeLessThan(30)
        const step = nextStep(status([...headers], [...blocks]), anchors, false)
        if (!step) break
        const { from, to } = step
        expect(from).toBeLessThanOrEqual(to)
        const there = step.kind === 'headers' ? headers : blocks
        for (let height = from; height <= to; height++) expect(intervalAt(there, height)).toBeUndefined()
        if (step.kind === 'headers') {
          const isNamed = step.top === 'anchor' ? anchors.includes(to) : intervalAt(headers, to + 1) !== undefined
          expect(isNamed).toBe(true)
          headers = withInterval(headers, from, to)
        } else {
          expect(intervalAt(headers, from)?.to).toBeGreaterThanOrEqual(to)
          blocks = withInterval(blocks, from, to)
        }
      }
      expect(blocks).toEqual(target === 0 ? [] : [{ from: 1, to: target }])
    }),
  )
})

test('every block store is a history store', () => {
  expectTypeOf<BlockStore>().toExtend<HistoryStore>()
})
