import { expect, test } from 'vitest'
import { describeReturn, ReturnWatch } from '../../../src/devnet/audit/return-watch.ts'
import { statusOf } from '../support/documents.ts'

const nothing = { backfill: statusOf().backfill }

test('a node is back when it has the blocks that there were at its first answer', () => {
  const watch = new ReturnWatch()
  watch.onDeparture('node-1', { at: 1000, lastLogIndex: 50, height: 48 })
  watch.onReturning('node-1')
  const reach = { tip: 52, oldestLogIndex: 1 }
  expect(watch.onStatus('node-1', statusOf({ height: 48 }), reach, 4000)).toBeUndefined()
  const back = watch.onStatus('node-1', statusOf({ height: 52, snapshot_index: 51 }), { ...reach, tip: 53 }, 4400)
  expect(back).toEqual({ id: 'node-1', tookMs: 3400, height: 52, snapshot: undefined })
  expect(describeReturn(back!)).toBe('node-1 is back after 3.4 s, at block 52')
  expect(watch.departure('node-1')).toBeUndefined()
})

test('an answer that was under way when the node went is not its return', () => {
  const watch = new ReturnWatch()
  watch.onDeparture('node-1', { at: 1000, lastLogIndex: 50, height: 48 })
  expect(watch.onStatus('node-1', statusOf({ height: 48 }), { tip: 48, oldestLogIndex: 1 }, 1001)).toBeUndefined()
  expect(watch.departure('node-1')).toBeDefined()
})

test('a node whose log is gone comes back by a snapshot, and its way through the missing blocks is seen', () => {
  const watch = new ReturnWatch()
  watch.onDeparture('node-1', { at: 1000, lastLogIndex: 50, height: 48 })
  watch.onReturning('node-1')
  const reach = { tip: 90, oldestLogIndex: 70 }
  const backfill = { ...nothing.backfill, active: true, from: 49, to: 88, done: 10, blocks_per_s: 200 }
  watch.onStatus('node-1', statusOf({ height: 48, snapshot_index: 85, backfill }), reach, 25_000)
  expect(watch.progress('node-1')).toMatchObject({ from: 49, to: 88, share: 0.25, blocksPerS: 200 })
  const back = watch.onStatus('node-1', statusOf({ height: 90, snapshot_index: 85 }), reach, 25_600)
  expect(watch.progress('node-1')).toBeUndefined()
  expect(describeReturn(back!)).toBe('node-1 is back after 25 s: snapshot at index 85, blocks 49 to 88 filled in 0.6 s')
})

test('a node that goes again before it is back has one absence', () => {
  const watch = new ReturnWatch()
  watch.onDeparture('node-1', { at: 1000, lastLogIndex: 50, height: 48 })
  watch.onReturning('node-1')
  watch.onDeparture('node-1', { at: 9000, lastLogIndex: 50, height: 48 })
  expect(watch.departure('node-1')?.at).toBe(1000)
  expect(watch.onStatus('node-1', statusOf({ height: 60 }), { tip: 60, oldestLogIndex: 1 }, 9001)).toBeUndefined()
})

test('a node without a leader is not back yet', () => {
  const watch = new ReturnWatch()
  watch.onDeparture('node-1', { at: 0, lastLogIndex: 5, height: 5 })
  watch.onReturning('node-1')
  const reach = { tip: 5, oldestLogIndex: 1 }
  expect(watch.onStatus('node-1', statusOf({ height: 5, leader_id: '' }), reach, 100)).toBeUndefined()
  expect(watch.onStatus('node-1', statusOf({ height: 5 }), reach, 200)).toBeDefined()
})
