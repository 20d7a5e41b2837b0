import { BlockFsm, type JournalTransaction, type Verdict, decidedSequence } from 'block-fsm'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodedSnapshot, restoreFrom } from '../support/snapshots.ts'
import { type World, changed, encode, facts, journalA, openWorld } from '../support/world.ts'

/** A few blocks are enough to forget keys. */
const shortMemory = { ...facts, limits: { idempotencyBlocks: 3 } }

const anyKey = fc.option(fc.constantFrom('k1', 'k2', 'k3', 'k4'), { nil: undefined })

/** What may happen next to a cluster; each is a function of the state, so that most of it is accepted. */
const anyEvent: fc.Arbitrary<(world: World) => Verdict> = fc.oneof(
  { weight: 6, arbitrary: fc.array(anyKey, { maxLength: 4 }).map((keys) => (world: World) => runBlock(world, keys)) },
  { weight: 1, arbitrary: fc.constant((world: World) => world.open()) },
  { weight: 2, arbitrary: fc.nat(3).map((byte) => (world: World) => reopen(world, byte)) },
  { weight: 1, arbitrary: fc.constant((world: World) => world.run(lastCommand(world))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => (world: World) => world.run(bytes)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(5), fc.nat(5)).map(
      ([headerHeight, dataHeight]) =>
        (world: World) =>
          world.run({ kind: 'daCursor', headerHeight, dataHeight }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(3)
      .map((epoch) => (world: World) => world.run({ kind: 'operatorEpoch', epoch, reason: `reason ${epoch}` })),
  },
)

test('replicas that apply the same entries, in whatever batches, agree on every verdict and on the bytes of the state', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 25 }), fc.integer({ min: 1, max: 7 }), async (events, size) => {
      const world = openWorld(shortMemory)
      const verdicts = events.map((event) => event(world))
      const replica = new BlockFsm(shortMemory)
      const again: Verdict[] = []
      for (let at = 0; at < world.log.length; at += size) again.push(...replica.apply(world.log.slice(at, at + size)))
      expect(again.slice(2)).toEqual(verdicts)
      expect(await encodedSnapshot(replica)).toEqual(await encodedSnapshot(world.fsm))
    }),
    { numRuns: 60 },
  )
})

test('a replica restored from a snapshot taken anywhere goes on as if it had applied everything', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 25 }), fc.nat(), async (events, nat) => {
      const world = openWorld(shortMemory)
      const verdicts = events.map((event) => event(world))
      const cut = nat % (world.log.length + 1)
      const first = new BlockFsm(shortMemory)
      first.apply(world.log.slice(0, cut))
      const bytes = await encodedSnapshot(first)
      const second = new BlockFsm(shortMemory)
      await restoreFrom(second, bytes)
      expect(await encodedSnapshot(second)).toEqual(bytes)
      const rest = second.apply(world.log.slice(cut))
      expect(rest.slice(Math.max(0, 2 - cut))).toEqual(verdicts.slice(Math.max(0, cut - 2)))
      expect(await encodedSnapshot(second)).toEqual(await encodedSnapshot(world.fsm))
    }),
    { numRuns: 60 },
  )
})

test('a snapshot captured before later entries still has the state of its moment', async () => {
  const world = openWorld()
  runBlock(world, ['k1'])
  const bytes = await encodedSnapshot(world.fsm)
  const captured = world.fsm.snapshot()
  runBlock(world, ['k2'])
  expect(await encodedSnapshot({ snapshot: () => captured })).toEqual(bytes)
})

test('whatever bytes are committed, there is a verdict and no error', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(255), fc.uint8Array({ maxLength: 30 }), (at, value, noise) => {
      const world = openWorld()
      runBlock(world, ['k1', undefined])
      const candidate = world.candidate({ selection: world.select(pending(world, ['k2', undefined])) })
      const flipped = Uint8Array.from(candidate.command)
      flipped[at % flipped.length] = value
      const before = world.fsm.state.tip
      for (const bytes of [
        noise,
        flipped,
        candidate.command.slice(0, at % candidate.command.length),
        changed(candidate, () => ({ header: noise })),
        changed(candidate, () => ({ data: noise })),
      ]) {
        const verdict = world.run(bytes)
        expect(['accepted', 'duplicate', 'rejected']).toContain(verdict.kind)
        if (verdict.kind === 'rejected') expect(world.fsm.state.tip).toBe(before)
        if (verdict.kind === 'accepted') return // the flip changed nothing
      }
    }),
    { numRuns: 300 },
  )
})

test('each transaction of a journal is decided exactly once, over leaderships and retries', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
      const world = openWorld(shortMemory)
      for (const event of events) event(world)
      const decided = new Map<string, number>()
      let from = 1
      for (;;) {
        const read = world.fsm.blocks.read(from, Infinity)
        if (read.kind !== 'blocks') break
        for (const { block, ranges, dropped } of read.blocks) {
          from = block.height + 1
          let inRanges = 0
          for (const range of ranges) {
            for (let sequence = range.first; sequence <= range.last; sequence++) {
              const name = `${Buffer.from(range.journalId).toString('hex')}/${sequence}`
              expect(decided.has(name), name).toBe(false)
              decided.set(name, block.height)
              inRanges++
            }
          }
          expect(inRanges).toBe(block.data.txs.length + dropped.length)
        }
      }
      expect(decided.size).toBeGreaterThanOrEqual(decidedSequence(world.fsm.state, 'node-0', journalA) ?? 0)
    }),
    { numRuns: 300 },
  )
})

function runBlock(world: World, keys: readonly (string | undefined)[]): Verdict {
  return world.block({ selection: world.select(pending(world, keys)) })
}

function pending(world: World, keys: readonly (string | undefined)[]): JournalTransaction[] {
  const first = (decidedSequence(world.fsm.state, 'node-0', journalA) ?? 0) + 1
  return keys.map((idempotencyKey, i) => ({
    sequence: first + i,
    bytes: Uint8Array.from(Buffer.from(`tx ${first + i}`)),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }))
}

function reopen(world: World, byte: number): Verdict {
  const journalId = byte === 0 ? journalA : new Uint8Array(16).fill(byte)
  return world.openOrigin('node-0', journalId, world.fsm.state.origins.get('node-0')!.generation)
}

function lastCommand(world: World): Uint8Array {
  const command = encode({ kind: 'ruleVersion', version: 1 })
  return world.log.findLast((entry) => entry.type === 'command')?.payload ?? command
}
