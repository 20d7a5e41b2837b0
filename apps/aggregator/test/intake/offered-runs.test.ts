import { BlockFsm, encodeCommand, type FsmState, type JournalTransaction } from 'block-fsm'
import { encodeOpening } from 'raft-core'
import { expect, test } from 'vitest'
import {
  decodeAsk,
  decodeOffer,
  decodeReadiness,
  encodeAsk,
  encodeOffer,
  encodeReadiness,
} from '../../src/intake/frames.ts'
import { OfferedRuns } from '../../src/intake/offered-runs.ts'

const journalId = new Uint8Array(16).fill(7)
const transaction = (sequence: number, size = 1): JournalTransaction => ({ sequence, bytes: new Uint8Array(size) })
const offer = (...sequences: readonly number[]): Parameters<OfferedRuns['take']>[2] => ({
  journalId,
  expectedGeneration: 0,
  transactions: sequences.map((sequence) => transaction(sequence)),
})

/** A state in which the journal of member `a` is open and nothing is decided. */
function openState(): FsmState {
  const fsm = new BlockFsm({ chainId: 'c', initialHeight: 1, genesisTimeNs: 1n, proposerAddress: new Uint8Array(32) })
  const opening = encodeOpening({ clusterId: 'ab', epoch: 0, leader: { id: 'a', incarnation: 'cd' }, term: 1 })
  const body = { kind: 'openOrigin', memberId: 'a', journalId, expectedGeneration: 0 } as const
  fsm.apply([
    { index: 1, term: 1, type: 'opening', payload: opening },
    { index: 2, term: 1, type: 'command', payload: encodeCommand({ version: 1, body }) },
  ])
  return fsm.state
}

const sequences = (runs: OfferedRuns, state: FsmState): readonly number[] =>
  runs.runs(state).flatMap(({ transactions }) => transactions.map(({ sequence }) => sequence))

test('what continues the run is taken, what is doubled is not, what is missing is asked for', () => {
  const state = openState()
  const runs = new OfferedRuns(1000)
  expect(runs.take(state, 'a', offer(1, 2))).toEqual({ kind: 'taken' })
  expect(runs.take(state, 'a', offer(2, 3))).toEqual({ kind: 'taken' })
  expect(runs.take(state, 'a', offer(6))).toEqual({ kind: 'ask', from: 4 })
  expect(sequences(runs, state)).toEqual([1, 2, 3])
})

test('a journal that is not open has to be opened first', () => {
  const runs = new OfferedRuns(1000)
  expect(runs.take(openState(), 'b', offer(1))).toEqual({ kind: 'open' })
  expect(runs.take(openState(), 'a', { ...offer(1), journalId: new Uint8Array(16) })).toEqual({ kind: 'open' })
})

test('a member cannot make the leader hold more than its limit', () => {
  const state = openState()
  const runs = new OfferedRuns(100)
  const transactions = [1, 2, 3].map((sequence) => transaction(sequence, 60))
  runs.take(state, 'a', { ...offer(), transactions })
  expect(sequences(runs, state)).toEqual([1])
})

test('frames read back as they were written, and garbage is a coded error', () => {
  const sent = {
    journalId,
    expectedGeneration: 3,
    transactions: [{ ...transaction(9), idempotencyKey: 'k' }, transaction(10)],
  }
  expect(decodeOffer(encodeOffer(sent))).toEqual(sent)
  expect(decodeAsk(encodeAsk({ journalId, from: 4 }))).toEqual({ journalId, from: 4 })
  expect(decodeReadiness(encodeReadiness({ isReady: false, lag: 12 }))).toEqual({ isReady: false, lag: 12 })
  for (const decode of [decodeOffer, decodeAsk, decodeReadiness]) {
    expect(() => decode(Uint8Array.of(255, 255, 1))).toThrow(expect.objectContaining({ code: 'FRAME_INVALID' }))
  }
})
