import {
  type Configuration,
  encodeEntry,
  type Entry,
  initialHardState,
  type LogStore,
  type OpenedLog,
  type SnapshotMetadata,
  type SnapshotStore,
} from 'raft-core'
import { MemoryDisk, memoryStores, type Schedule } from 'raft-testkit'
import { expect, test } from 'vitest'

/** Actions wait until a test says so, and then run in order. */
class Turns {
  readonly waiting: (() => void)[] = []
  readonly schedule: Schedule = (action) => void this.waiting.push(action)

  runAll(): void {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) next()
  }

  result<T>(ask: (done: (error: Error | undefined, result?: T) => void) => void): T {
    let outcome: { error: Error | undefined; result: T | undefined } | undefined
    ask((error, result) => {
      outcome = { error, result }
    })
    expect(outcome, 'nothing is answered within the call').toBeUndefined()
    this.runAll()
    if (outcome?.error) throw outcome.error
    return outcome!.result as T
  }
}

const entry = (index: number, term = 1): Entry => encodeEntry(index, term, 'command', Uint8Array.of(index))
const write = (entries: readonly Entry[], truncateFrom?: number) => ({ truncateFrom, entries, hardState: undefined })

function read(turns: Turns, store: LogStore, from: number, end: number, limit = 1000): number[] {
  return turns
    .result<readonly Entry[]>((done) => store.read(from, end, limit, done))
    .map(({ index, term }) => index * 10 + term)
}

function filled(): { turns: Turns; disk: MemoryDisk; store: LogStore } {
  const turns = new Turns()
  const disk = new MemoryDisk()
  const store = memoryStores(disk, turns.schedule).logStore
  turns.result((done) => store.open(done))
  turns.result((done) => store.append(write([entry(1), entry(2), entry(3, 2)]), done))
  return { turns, disk, store }
}

test('a log is read from where it was asked, at least one entry and within the bytes', () => {
  const { turns, store } = filled()
  expect(read(turns, store, 1, 4)).toEqual([11, 21, 32])
  expect(read(turns, store, 2, 3)).toEqual([21])
  expect(read(turns, store, 1, 4, 1)).toEqual([11])
  expect(read(turns, store, 1, 4, entry(1).record.length * 2)).toEqual([11, 21])
})

test('a read sees what was asked for before, durable or not', () => {
  const { turns, store } = filled()
  store.append(write([entry(4, 2)]), () => {})
  let seen: readonly Entry[] = []
  store.read(4, 5, 1000, (_error, entries = []) => {
    seen = entries
  })
  turns.runAll()
  expect(seen).toHaveLength(1)
})

test('a truncation and what follows it are one write', () => {
  const { turns, store } = filled()
  turns.result((done) => store.append(write([entry(2, 3)], 2), done))
  expect(read(turns, store, 1, 3)).toEqual([11, 23])
})

test('a store that is opened again holds what was durable, terms and hard state included', () => {
  const { turns, disk, store } = filled()
  const hardState = { ...initialHardState, term: 7 }
  turns.result((done) => store.append({ truncateFrom: undefined, entries: [], hardState }, done))
  turns.result((done) => store.compact({ index: 1, term: 1 }, done))
  store.append(write([entry(4, 7)]), () => {})
  const again = memoryStores(disk, turns.schedule).logStore
  expect(turns.result<OpenedLog>((done) => again.open(done))).toEqual({
    hardState,
    base: { index: 1, term: 1 },
    lastIndex: 3,
    terms: [
      { from: 2, term: 1 },
      { from: 3, term: 2 },
    ],
    damaged: undefined,
  })
})

test('a reset leaves an empty log behind its position', () => {
  const { turns, disk, store } = filled()
  turns.result((done) => store.reset({ index: 9, term: 4 }, done))
  turns.result((done) => store.append(write([entry(10, 4)]), done))
  const again = memoryStores(disk, turns.schedule).logStore
  expect(turns.result<OpenedLog>((done) => again.open(done))).toMatchObject({
    base: { index: 9, term: 4 },
    lastIndex: 10,
  })
})

test('an entry that leaves a gap is a mistake of the caller', () => {
  const { store } = filled()
  expect(() => store.append(write([entry(5)]), () => {})).toThrow('does not follow')
})

test('stable facts are durable once called back, not before', () => {
  const turns = new Turns()
  const disk = new MemoryDisk()
  const { stableStore } = memoryStores(disk, turns.schedule)
  stableStore.set('identity', Uint8Array.of(1), () => {})
  expect(disk.stable.get('identity')).toBeUndefined()
  turns.runAll()
  expect(turns.result((done) => stableStore.get('identity', done))).toEqual(Uint8Array.of(1))
  expect(turns.result((done) => stableStore.get('founding', done))).toBeUndefined()
})

const configuration: Configuration = { servers: [], outgoing: [] }
const metadata = (index: number): SnapshotMetadata => ({
  index,
  term: 1,
  configuration,
  configurationIndex: 0,
  clusterId: '',
  epoch: 0,
})

function take(turns: Turns, store: SnapshotStore, index: number): void {
  const sink = turns.result((done: Parameters<SnapshotStore['create']>[1]) => store.create(metadata(index), done))
  turns.result((done) => sink.write(Uint8Array.of(index, 1), done))
  turns.result((done) => sink.write(Uint8Array.of(index, 2), done))
  turns.result((done) => sink.commit(done))
}

test('snapshots are listed when they are complete, newest first, and only so many are kept', () => {
  const turns = new Turns()
  const store = memoryStores(new MemoryDisk(), turns.schedule).snapshotStore
  const list = () => turns.result((done: Parameters<SnapshotStore['list']>[0]) => store.list(done))
  const half = turns.result((done: Parameters<SnapshotStore['create']>[1]) => store.create(metadata(1), done))
  turns.result((done) => half.write(Uint8Array.of(1), done))
  expect(list()).toEqual([])
  turns.result((done) => half.abort(done))
  for (const index of [5, 9, 7]) take(turns, store, index)
  expect(list().map((snapshot) => snapshot.metadata.index)).toEqual([9, 7])
})

test('a snapshot is read in pieces, and stays readable when retention removes it', () => {
  const turns = new Turns()
  const store = memoryStores(new MemoryDisk(), turns.schedule).snapshotStore
  take(turns, store, 1)
  const [first] = turns.result((done: Parameters<SnapshotStore['list']>[0]) => store.list(done))
  const source = turns.result((done: Parameters<SnapshotStore['open']>[1]) => store.open(first!, done))
  for (const index of [2, 3, 4]) take(turns, store, index)
  expect(source.sizeBytes).toBe(4)
  expect(turns.result((done) => source.read(0, 3, done))).toEqual(Uint8Array.of(1, 1, 1))
  expect(turns.result((done) => source.read(3, 3, done))).toEqual(Uint8Array.of(2))
  expect(() => turns.result((done: Parameters<SnapshotStore['open']>[1]) => store.open(first!, done))).toThrow(
    'retention',
  )
})
