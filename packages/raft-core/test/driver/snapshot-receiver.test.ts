import type { SnapshotChunk, SnapshotMetadata, SnapshotStore } from 'raft-core'
import { expect, test } from 'vitest'
import { type ChunkOutcome, SnapshotReceiver } from '../../src/driver/snapshot-receiver.ts'

const unexpected = (): never => expect.fail('this is never asked')

const metadata: SnapshotMetadata = {
  index: 9,
  term: 2,
  configuration: { servers: [], outgoing: [] },
  configurationIndex: 0,
  clusterId: '',
  epoch: 0,
}

const chunk = (term: number, offset: number, ...data: readonly number[]): SnapshotChunk => ({
  kind: 'snapshotChunk',
  term,
  metadata,
  size: 4,
  offset,
  data: Uint8Array.from(data),
  round: 0,
})

/** A store that calls back when the test says so. */
function slowStore(): {
  readonly store: SnapshotStore
  readonly committed: number[][]
  readonly finishAll: () => void
} {
  const committed: number[][] = []
  let pending: (() => void)[] = []
  const store: SnapshotStore = {
    list: (done) => done(undefined, []),
    open: (_snapshot, done) => done(new Error('nothing here')),
    create: (_metadata, done) => {
      const bytes: number[] = []
      const later = (action: () => void): void => void pending.push(action)
      later(() =>
        done(undefined, {
          write: (more, written) => {
            bytes.push(...more)
            later(written)
          },
          commit: (finished) => {
            committed.push(bytes)
            later(finished)
          },
          abort: (aborted) => later(aborted),
        }),
      )
    },
  }
  return {
    store,
    committed,
    finishAll: () => {
      while (pending.length > 0) {
        const now = pending
        pending = []
        for (const action of now) action()
      }
    },
  }
}

test('chunks that arrive while one is written wait their turn', () => {
  const { store, committed, finishAll } = slowStore()
  const receiver = new SnapshotReceiver(store, 100, unexpected)
  const outcomes: ChunkOutcome[] = []
  for (const part of [chunk(3, 0, 1, 2), chunk(3, 2, 3), chunk(3, 3, 4)])
    receiver.receive(part, (one) => outcomes.push(one))
  finishAll()
  expect(outcomes.map(({ nextOffset }) => nextOffset)).toEqual([2, 3, 4])
  expect(outcomes.at(-1)?.isComplete).toBe(true)
  expect(committed).toEqual([[1, 2, 3, 4]])
})

test("another leader's snapshot of the same position starts over: bytes of two members never mix", () => {
  const { store, committed, finishAll } = slowStore()
  const receiver = new SnapshotReceiver(store, 100, unexpected)
  const offsets: number[] = []
  const receive = (part: SnapshotChunk): void => {
    receiver.receive(part, ({ nextOffset }) => offsets.push(nextOffset))
    finishAll()
  }
  receive(chunk(3, 0, 1, 1))
  receive(chunk(4, 2, 2, 2))
  receive(chunk(4, 0, 2, 2))
  receive(chunk(4, 2, 2, 2))
  expect(offsets).toEqual([2, 0, 2, 4])
  expect(committed).toEqual([[2, 2, 2, 2]])
})

test('a chunk out of place is answered with what is wanted, and what waits is bounded', () => {
  const { store, finishAll } = slowStore()
  const receiver = new SnapshotReceiver(store, 2, unexpected)
  const offsets: number[] = []
  const answer = ({ nextOffset }: ChunkOutcome): void => void offsets.push(nextOffset)
  receiver.receive(chunk(3, 0, 1), answer)
  receiver.receive(chunk(3, 3, 4), answer)
  receiver.receive(chunk(3, 1, 2), answer)
  receiver.receive(chunk(3, 2, 3), answer)
  finishAll()
  expect(offsets).toEqual([1, 1, 2])
})
