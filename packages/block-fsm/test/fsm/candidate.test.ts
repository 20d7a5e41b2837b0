import {
  type JournalTransaction,
  buildCandidate,
  emptySelection,
  judge,
  selectTransactions,
  tooLargeReason,
} from 'block-fsm'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { genesisTimeNs } from '../support/chain.ts'
import { codeOf } from '../support/code-of.ts'
import { World, facts, journalA, journalB, openWorld, transactions } from '../support/world.ts'

const parts = { nowNs: genesisTimeNs, appHash: Uint8Array.of(1), selection: emptySelection }

test('the first block has the genesis time, later ones the clock, clamped above their parent', () => {
  const world = openWorld()
  const first = world.candidate({ nowNs: genesisTimeNs + 77n })
  expect(first).toMatchObject({ height: 1, clampedByNs: 0n, header: { timeNs: genesisTimeNs } })
  world.run(first.command)
  expect(world.candidate({ nowNs: genesisTimeNs + 5n }).header.timeNs).toBe(genesisTimeNs + 5n)
  const clamped = world.candidate({ nowNs: genesisTimeNs - 9n })
  expect(clamped).toMatchObject({ clampedByNs: 10n, header: { timeNs: genesisTimeNs + 1n } })
})

test('nobody builds before an opening is applied', async () => {
  expect(await codeOf(() => buildCandidate(new World().fsm.state, parts))).toBe('INVALID_BLOCK')
})

test('of each journal, what follows the decided transactions is taken, if it is there and open', () => {
  const world = openWorld()
  world.block({ selection: world.select(transactions(1, 'a', 'b')) })
  expect(world.select(transactions(1, 'a', 'b', 'c')).ranges).toMatchObject([{ first: 3, last: 3 }])
  expect(world.select(transactions(4, 'd'))).toEqual(emptySelection)
  expect(world.select(transactions(1, 'a', 'b'))).toEqual(emptySelection)
  const closed = { memberId: 'node-0', journalId: journalB, transactions: transactions(1, 'x') }
  expect(selectTransactions(world.fsm.state, [closed])).toEqual(emptySelection)
})

test('a run with a hole is refused, because the block would decide what is not there', async () => {
  const world = openWorld()
  const hole = [...transactions(1, 'a'), ...transactions(3, 'c')]
  expect(await codeOf(() => world.select(hole))).toBe('INVALID_BLOCK')
})

test('remembered and repeated keys, useless and oversized transactions are dropped with their reason', () => {
  const world = openWorld()
  const keyed = (sequence: number, idempotencyKey: string): JournalTransaction => ({
    ...transactions(sequence, 'x')[0]!,
    idempotencyKey,
  })
  world.block({ selection: world.select([keyed(1, 'k1')]) })
  const run = [
    keyed(2, 'k1'),
    keyed(3, 'k2'),
    keyed(4, 'k2'),
    keyed(5, 'k'.repeat(129)),
    keyed(6, ''),
    ...transactions(7, 'bad', 'y'.repeat(101)),
  ]
  const refuse = (tx: Uint8Array): string | undefined =>
    Buffer.from(tx).toString() === 'bad' ? 'not a pair' : undefined
  const selection = world.select(run, { limitBytes: 100, refuse })
  expect(selection.txs).toHaveLength(1)
  expect(selection.dropped.map(({ sequence, reason }) => [sequence, reason])).toEqual([
    [2, 'duplicate'],
    [4, 'duplicate'],
    [5, 'unusable idempotency key'],
    [6, 'unusable idempotency key'],
    [7, 'not a pair'],
    [8, tooLargeReason],
  ])
  expect(world.block({ selection })).toMatchObject({ kind: 'accepted' })
})

test('what does not fit waits for a later block, and full journals take turns', () => {
  const world = openWorld()
  world.openOrigin('node-1', journalB)
  const runs = [
    { memberId: 'node-0', journalId: journalA, transactions: transactions(1, 'a'.repeat(50), 'b'.repeat(50)) },
    { memberId: 'node-1', journalId: journalB, transactions: transactions(1, 'c'.repeat(50), 'd'.repeat(50)) },
  ]
  const first = selectTransactions(world.fsm.state, runs, { limitBytes: 60 })
  world.block({ selection: first })
  const second = selectTransactions(world.fsm.state, runs, { limitBytes: 60 })
  const takers = [first, second].map(({ ranges }) => ranges.map((range) => `${range.memberId} ${range.last}`))
  expect(takers).toEqual([['node-1 1'], ['node-0 1']])
})

test('a large root leaves less room for transactions, and drops none of them', () => {
  const world = openWorld({ ...facts, limits: { blockBytes: 100_000, commandBytes: 200_000 } })
  const run = transactions(1, 'a'.repeat(20_000), 'b'.repeat(20_000))
  const appHash = new Uint8Array(70_000)
  const selection = world.select(run, { appHashBytes: appHash.length })
  expect(selection).toMatchObject({ dropped: [], ranges: [{ first: 1, last: 1 }] })
  expect(world.block({ selection, appHash })).toMatchObject({ kind: 'accepted' })
})

test('whatever the journals hold, what is selected is accepted', () => {
  const anyRun = fc.array(
    fc.record(
      { size: fc.nat(4000), idempotencyKey: fc.oneof(fc.string({ maxLength: 140 }), fc.constantFrom('k1', 'k2')) },
      { requiredKeys: ['size'] },
    ),
    { maxLength: 40 },
  )
  const limits = {
    blockBytes: 80_000,
    commandBytes: 80_000 + 64 * 1024,
    rememberedKeyBytes: 2000,
    idempotencyBlocks: 2,
  }
  fc.assert(
    fc.property(fc.array(anyRun, { minLength: 1, maxLength: 4 }), fc.nat(60_000), (runs, limitBytes) => {
      const world = openWorld({ ...facts, limits })
      let first = 1
      for (const run of runs) {
        const taken = run.map(({ size, ...rest }, i) => ({ sequence: first + i, bytes: new Uint8Array(size), ...rest }))
        const selection = world.select(taken, { limitBytes, refuse: (tx) => (tx.length === 7 ? 'seven' : undefined) })
        const { command, token } = world.candidate({ selection })
        expect(judge(world.fsm.state, command, token.term, world.log.length + 1)).toMatchObject({ kind: 'accepted' })
        world.run(command)
        first = (selection.ranges.at(-1)?.last ?? first - 1) + 1
      }
    }),
    { numRuns: 150 },
  )
})
