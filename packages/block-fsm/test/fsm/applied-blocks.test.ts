import { type AppliedRead, type FsmChange } from 'block-fsm'
import { expect, test } from 'vitest'
import { encodedSnapshot, restoreFrom } from '../support/snapshots.ts'
import { facts, journalA, openWorld, transactions } from '../support/world.ts'

test('a consumer pulls every block in order, with the transactions it decided and its place in the log', () => {
  const world = openWorld()
  world.block({ selection: world.select(transactions(1, 'a=1', 'b=2')) })
  world.block()
  expect(heights(world.fsm.blocks.read(1, Infinity))).toEqual([1, 2])
  expect(heights(world.fsm.blocks.read(2, Infinity))).toEqual([2])
  expect(world.fsm.blocks.read(3, Infinity)).toEqual({ kind: 'none' })
  const read = world.fsm.blocks.read(1, 0)
  expect(heights(read)).toEqual([1]) // at least one, whatever the limit
  expect(read.kind === 'blocks' && read.blocks[0]).toMatchObject({
    index: 3,
    term: 1,
    ranges: [{ memberId: 'node-0', journalId: journalA, first: 1, last: 2, keys: [] }],
    dropped: [],
  })
})

test('rejected blocks and duplicates never reach a consumer', () => {
  const world = openWorld()
  const candidate = world.candidate()
  world.run(candidate.command)
  world.run(candidate.command)
  world.run(Uint8Array.of(0xff))
  expect(heights(world.fsm.blocks.read(1, Infinity))).toEqual([1])
})

test('a consumer that falls behind the retained bytes is told where the stream begins', () => {
  const world = openWorld(facts, 1000)
  for (let i = 0; i < 20; i++) world.block()
  const read = world.fsm.blocks.read(1, Infinity)
  if (read.kind !== 'evicted') throw new Error('the first block is still there')
  expect(read.oldest).toBeGreaterThan(1)
  expect(heights(world.fsm.blocks.read(read.oldest, Infinity)).at(-1)).toBe(20)
})

test('the newest block is kept even when it alone is larger than the limit', () => {
  const world = openWorld(facts, 0)
  world.block()
  world.block()
  expect(world.fsm.blocks.read(1, 1)).toEqual({ kind: 'evicted', oldest: 2 })
  expect(heights(world.fsm.blocks.read(2, 1))).toEqual([2])
})

test('a consumer waits for the next block, and stops waiting when it is told to', async () => {
  const world = openWorld()
  const next = world.fsm.blocks.wait(1)
  const later = world.fsm.blocks.wait(2)
  const stop = new AbortController()
  const aborted = world.fsm.blocks.wait(1, stop.signal)
  const reason = new Error('stopped')
  stop.abort(reason)
  await expect(aborted).rejects.toBe(reason)
  await expect(world.fsm.blocks.wait(1, stop.signal)).rejects.toBe(reason)
  world.block()
  await next
  await world.fsm.blocks.wait(1, new AbortController().signal)
  world.block()
  await later
})

test('a restore wakes consumers and sends them elsewhere for what it skipped', async () => {
  const ahead = openWorld()
  for (let i = 0; i < 5; i++) ahead.block()
  const behind = openWorld()
  behind.block()
  const waiting = behind.fsm.blocks.wait(2)
  await restoreFrom(behind.fsm, await encodedSnapshot(ahead.fsm))
  await waiting
  expect(behind.fsm.blocks.read(2, Infinity)).toEqual({ kind: 'evicted', oldest: 6 })
  expect(behind.fsm.blocks.read(6, Infinity)).toEqual({ kind: 'none' })
})

test('watchers hear of each batch and whether the tip moved', () => {
  const world = openWorld()
  const changes: FsmChange[] = []
  const unwatch = world.fsm.watch((change) => changes.push(change))
  world.block()
  world.open()
  unwatch()
  world.block()
  expect(changes).toEqual([
    { kind: 'applied', tipChanged: true },
    { kind: 'applied', tipChanged: false },
  ])
})

function heights(read: AppliedRead): number[] {
  return read.kind === 'blocks' ? read.blocks.map(({ block }) => block.height) : []
}
