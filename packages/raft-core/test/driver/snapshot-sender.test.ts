import type { SnapshotChunk, SnapshotMetadata, SnapshotSource } from 'raft-core'
import { expect, test } from 'vitest'
import { SnapshotSender } from '../../src/driver/snapshot-sender.ts'

const metadata: SnapshotMetadata = {
  index: 9,
  term: 2,
  configuration: { servers: [], outgoing: [] },
  configurationIndex: 0,
  clusterId: '',
  epoch: 0,
}

const bytes = Uint8Array.from({ length: 10 }, (_, i) => i)

/** A sender of ten bytes in chunks of two, at most four ahead, and a clock that the test winds. */
class Sending {
  readonly sent: SnapshotChunk[] = []
  readonly failures: string[] = []
  closed = 0
  #now = 0
  #wakes: { at: number; wake: () => void }[] = []
  readonly sender: SnapshotSender

  constructor(size = bytes.length) {
    const source: SnapshotSource = {
      metadata,
      sizeBytes: size,
      read: (offset, length, done) => done(undefined, bytes.slice(offset, offset + length)),
      close: (done) => {
        this.closed += 1
        done()
      },
    }
    this.sender = new SnapshotSender({
      source,
      term: 3,
      chunkBytes: 2,
      windowBytes: 4,
      timeoutMs: 100,
      clock: {
        now: () => this.#now,
        wakeAt: (at, wake) => {
          const planned = { at, wake }
          this.#wakes.push(planned)
          return () => {
            this.#wakes = this.#wakes.filter((other) => other !== planned)
          }
        },
      },
      round: () => 5,
      send: (chunk) => this.sent.push(chunk),
      failed: (error) => this.failures.push(error.message),
    })
    this.sender.start()
  }

  wait(ms: number): void {
    this.#now += ms
    for (const { wake } of this.#wakes.filter(({ at }) => at <= this.#now)) wake()
    this.#wakes = this.#wakes.filter(({ at }) => at > this.#now)
  }

  answer(nextOffset: number, more: object = {}): void {
    const position = { snapshotIndex: 9, snapshotTerm: 2 }
    this.sender.onResponse({
      kind: 'snapshotChunkResponse',
      term: 3,
      nextOffset,
      installed: false,
      round: 5,
      ...position,
      ...more,
    })
  }

  /** Offsets sent since the last call. */
  offsets(): readonly number[] {
    return this.sent.splice(0).map(({ offset }) => offset)
  }
}

test('no more than a window is on the way; what is acknowledged makes room', () => {
  const sending = new Sending()
  expect(sending.sent[0]).toMatchObject({ term: 3, metadata, size: 10, offset: 0, data: bytes.slice(0, 2), round: 5 })
  expect(sending.offsets()).toEqual([0, 2])
  sending.answer(2)
  expect(sending.offsets()).toEqual([4])
  sending.answer(4)
  sending.answer(6)
  sending.answer(8)
  expect(sending.offsets()).toEqual([6, 8])
  sending.answer(10)
  expect(sending.offsets()).toEqual([])
})

test('what is not acknowledged in time is sent again, and given up when nobody answers', () => {
  const sending = new Sending()
  sending.answer(2)
  sending.offsets()
  sending.wait(99)
  expect(sending.offsets()).toEqual([])
  sending.wait(1)
  expect(sending.offsets()).toEqual([2, 4])
  for (let times = 0; times < 10; times++) sending.wait(100)
  expect([sending.failures.length, sending.closed]).toEqual([1, 1])
  sending.offsets()
  sending.answer(6)
  expect(sending.offsets()).toEqual([])
})

test('a follower that starts over is sent everything from there', () => {
  const sending = new Sending()
  sending.answer(4)
  sending.offsets()
  sending.answer(0)
  expect(sending.offsets()).toEqual([0, 2])
})

test('an answer about another snapshot is not meant', () => {
  const sending = new Sending()
  sending.offsets()
  sending.answer(4, { snapshotIndex: 8 })
  sending.answer(4, { snapshotTerm: 1 })
  expect(sending.offsets()).toEqual([])
})

test('a snapshot without bytes is one chunk, which is sent again as well', () => {
  const sending = new Sending(0)
  expect(sending.offsets()).toEqual([0])
  sending.wait(100)
  expect(sending.offsets()).toEqual([0])
})

test('a sender that is stopped closes its source, says nothing of failure and sends no more', () => {
  const sending = new Sending()
  sending.offsets()
  sending.sender.stop()
  sending.answer(2)
  sending.wait(1000)
  expect([sending.closed, sending.failures, sending.offsets()]).toEqual([1, [], []])
})

test('a follower that is connected again gets at once what it did not acknowledge', () => {
  const sending = new Sending()
  sending.answer(2)
  sending.offsets()
  sending.sender.resume()
  expect(sending.offsets()).toEqual([2, 4])
  sending.sender.stop()
  sending.sender.resume()
  expect(sending.offsets()).toEqual([])
})
