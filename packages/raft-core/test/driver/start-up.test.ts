import {
  type AppliedEntry,
  type Done,
  encodeFoundingRecord,
  type Entry,
  initialHardState,
  type LogPosition,
  type LogStore,
  type RaftOptions,
  type SnapshotMetadata,
  type SnapshotSource,
  type SnapshotStore,
  type StableKey,
  type StableStore,
} from 'raft-core'
import { expect, test } from 'vitest'
import { type Opened, openStores } from '../../src/driver/start-up.ts'
import { configurationEntry, configurationOf, entries, server } from '../support/stepped-node.ts'

const [three, four, five] = [
  configurationOf('n1', 'n2', 'n3'),
  configurationOf('n1', 'n2', 'n3', 'n4'),
  configurationOf('n1', 'n2', 'n3', 'n4', 'n5'),
]

/** One directory, in memory, over several starts. */
class Directory {
  readonly stable = new Map<StableKey, Uint8Array>()
  base: LogPosition = { index: 0, term: 0 }
  log: readonly Entry[] = []
  snapshots: readonly SnapshotMetadata[] = []
  readonly restored: number[] = []
  resets = 0
  #drawn = 0

  constructor() {
    const record = { chainId: 'c', genesisHash: 'aa', servers: three.servers, clusterId: 'c1', epoch: 0 }
    this.stable.set('founding', encodeFoundingRecord({ ...record, stage: 'founded' }))
  }

  open(): { readonly opened: Opened | undefined; readonly code: string | undefined } {
    let result: { opened: Opened | undefined; code: string | undefined } | undefined
    openStores(this.#options(), (error, opened) => {
      result = { opened, code: error && (error as { code?: string }).code }
    })
    return result!
  }

  #options(): RaftOptions<void> {
    const stableStore: StableStore = {
      get: (key, done) => done(undefined, this.stable.get(key)),
      set: (key, value, done) => {
        this.stable.set(key, value)
        done()
      },
    }
    const terms = this.log.flatMap(({ index, term }, i) =>
      this.log[i - 1]?.term === term ? [] : [{ from: index, term }],
    )
    const lastIndex = this.log.at(-1)?.index ?? this.base.index
    const opened = {
      hardState: { ...initialHardState, term: 9 },
      base: this.base,
      lastIndex,
      terms,
      damaged: undefined,
    }
    const logStore = {
      open: (done) => done(undefined, opened),
      // One entry at a time, so that a reader must go on.
      read: (from, end, _limit, done) =>
        done(undefined, this.log.filter(({ index }) => index >= from && index < end).slice(0, 1)),
      reset: (position, done) => {
        this.base = position
        this.log = []
        this.resets += 1
        done()
      },
      close: (done) => done(),
    } as LogStore
    const snapshotStore = {
      list: (done) =>
        done(
          undefined,
          this.snapshots.map((metadata) => ({ metadata, sizeBytes: 1 })),
        ),
      open: ({ metadata }, done) =>
        done(undefined, {
          metadata,
          sizeBytes: 1,
          read: (_offset, _length, read) => read(undefined, Uint8Array.of(metadata.index)),
          close: (closed) => closed(),
        }),
    } as SnapshotStore
    return {
      id: 'n1',
      address: 'n1:1',
      formation: { chainId: 'c', genesisHash: 'aa', peers: [], bootstrap: true, isEmpty: true },
      logStore,
      stableStore,
      snapshotStore,
      fsm: {
        apply: (batch: readonly AppliedEntry[]) => batch.map(() => undefined),
        restore: (source: SnapshotSource, done: Done) =>
          source.read(0, 1, (error, bytes) => {
            this.restored.push(bytes![0]!)
            done(error)
          }),
      },
      random: { bytes: (length: number) => new Uint8Array(length).fill(this.#drawn++) },
    } as unknown as RaftOptions<void>
  }
}

const snapshotAt = (index: number, term: number, configuration = three, configurationIndex = 0): SnapshotMetadata => ({
  index,
  term,
  configuration,
  configurationIndex,
  clusterId: 'c1',
  epoch: 0,
})

test('a directory keeps its incarnation, and every start is counted and has a nonce of its own', () => {
  const directory = new Directory()
  const [first, second, third] = [1, 2, 3].map(() => directory.open().opened!.identity)
  expect(new Set([first, second, third].map((identity) => identity!.incarnation)).size).toBe(1)
  expect(new Set([first, second, third].map((identity) => identity!.bootNonce)).size).toBe(3)
  expect([first, second, third].map((identity) => identity!.bootCounter)).toEqual([1, 2, 3])
})

test('every configuration in the log is found, however it is read', () => {
  const directory = new Directory()
  directory.log = [
    configurationEntry(1, 1, four),
    ...entries(2, 1, 1),
    configurationEntry(4, 1, five),
    ...entries(5, 2),
  ]
  const { log, configurations } = directory.open().opened!
  expect(configurations.map(({ index, configuration }) => [index, configuration.servers.length])).toEqual([
    [1, 4],
    [4, 5],
  ])
  expect([log.lastIndex, log.hardState.term]).toEqual([5, 9])
})

test('behind a snapshot only later configurations count, the first entry behind it included', () => {
  const directory = new Directory()
  directory.log = [...entries(1, 1), configurationEntry(2, 1, four), ...entries(3, 1), configurationEntry(4, 1, five)]
  directory.snapshots = [snapshotAt(3, 1, four, 2), snapshotAt(1, 1)]
  const { configurations, snapshot, log } = directory.open().opened!
  expect(configurations.map(({ index }) => index)).toEqual([4])
  expect([snapshot!.index, directory.restored, log.lastIndex, directory.resets]).toEqual([3, [3], 4, 0])
})

test.each<[string, readonly Entry[]]>([
  ['ends before the newest snapshot', entries(1, 1, 1)],
  ['has another entry at the newest snapshot', [...entries(1, 1, 1, 1), configurationEntry(4, 1, five)]],
])('a log that %s begins anew behind it', (_name, log) => {
  const directory = new Directory()
  directory.log = log
  directory.snapshots = [snapshotAt(3, 5, four, 2)]
  const { opened } = directory.open()
  expect([directory.resets, directory.base]).toEqual([1, { index: 3, term: 5 }])
  expect(opened!.log).toMatchObject({ base: { index: 3, term: 5 }, lastIndex: 3, terms: [], hardState: { term: 9 } })
  expect(opened!.configurations).toEqual([])
})

test('a log that begins behind what any snapshot holds is damaged', () => {
  const directory = new Directory()
  directory.base = { index: 5, term: 1 }
  expect(directory.open().code).toBe('LOG_DAMAGED')
  directory.snapshots = [snapshotAt(4, 1)]
  expect(directory.open().code).toBe('LOG_DAMAGED')
})

test('a log without its founding record, and the directory of another node, are refused', () => {
  const directory = new Directory()
  directory.log = entries(1, 1)
  directory.open()
  const founding = directory.stable.get('founding')!
  directory.stable.delete('founding')
  expect(directory.open().code).toBe('NOT_EMPTY')
  const record = { chainId: 'c', genesisHash: 'aa', servers: [server('n1')], clusterId: 'c1', epoch: 0 }
  directory.stable.set('founding', encodeFoundingRecord({ ...record, stage: 'promised' }))
  expect(directory.open().code).toBe('NOT_EMPTY')
  directory.stable.set('founding', founding)
  expect(directory.open().code).toBeUndefined()
})
