import {
  type Entry,
  type LogStore,
  RaftError,
  type SnapshotMetadata,
  type SnapshotSink,
  type SnapshotSource,
  type SnapshotStore,
  type StableStore,
  type TermRun,
} from 'raft-core'
import {
  applyOperation,
  copyImage,
  lastIndex,
  type LogImage,
  type LogOperation,
  type SimulatedDisk,
  termAt,
} from './disk.ts'

/** How a store of one process reaches its disk and the time that this takes. */
export interface StoreHost {
  /** False when the process died within this very turn of its code: what it asks for now never reached the disk. */
  mayAct(): boolean
  /** Runs `action` after a disk operation's time, while the process lives; with an error when the disk failed. */
  later(kind: 'read' | 'write', action: (error?: Error) => void): void
  /** A log operation was asked for, behind an entry of `previousTerm`, or became durable. */
  noticed(stage: 'asked' | 'durable', operation: LogOperation, previousTerm: number): void
}

/** Snapshots that are kept. */
const retained = 2

/** A log store on a simulated disk. */
export function simulatedLogStore(disk: SimulatedDisk, host: StoreHost): LogStore {
  const seen: LogImage = copyImage(disk.log)
  const submit = (operation: LogOperation, done: (error?: Error) => void): void => {
    if (!host.mayAct()) return
    disk.pending.push(operation)
    const first = operation.kind === 'append' ? operation.write.entries[0] : undefined
    const previousTerm = first === undefined ? 0 : (termAt(seen, first.index - 1) ?? 0)
    host.noticed('asked', operation, previousTerm)
    applyOperation(seen, operation)
    host.later('write', (error) => {
      if (error) return done(error)
      applyOperation(disk.log, disk.pending.shift()!)
      host.noticed('durable', operation, previousTerm)
      done()
    })
  }
  return {
    open: (done) =>
      host.later('read', () =>
        done(undefined, {
          hardState: seen.hardState,
          base: seen.base,
          lastIndex: lastIndex(seen),
          terms: termRuns(seen.entries),
          damaged: undefined,
        }),
      ),
    append: (write, done) => submit({ kind: 'append', write }, done),
    compact: (position, done) => submit({ kind: 'compact', position }, done),
    reset: (position, done) => submit({ kind: 'reset', position }, done),
    read: (from, end, limitBytes, done) => {
      const start = Math.max(0, from - seen.base.index - 1)
      const entries = takeBytes(seen.entries.slice(start, Math.max(start, end - seen.base.index - 1)), limitBytes)
      host.later('read', () => done(undefined, entries))
    },
    close: (done) => host.later('read', () => done()),
  }
}

/** Identity and founding record on a simulated disk; durable when called back. */
export function simulatedStableStore(disk: SimulatedDisk, host: StoreHost): StableStore {
  return {
    get: (key, done) => host.later('read', () => done(undefined, disk.stable.get(key))),
    set: (key, value, done) => write(disk, host, () => disk.stable.set(key, value), done),
  }
}

/** Snapshots on a simulated disk. */
export function simulatedSnapshotStore(disk: SimulatedDisk, host: StoreHost): SnapshotStore {
  return {
    list: (done) =>
      host.later('read', () =>
        done(
          undefined,
          disk.snapshots.map(({ metadata, bytes }) => ({ metadata, sizeBytes: bytes.length })),
        ),
      ),
    create: (metadata, done) =>
      host.later('write', (error) => (error ? done(error) : done(undefined, sink(disk, host, metadata)))),
    open: ({ metadata }, done) =>
      host.later('read', () => {
        const found = disk.snapshots.find((snapshot) => snapshot.metadata === metadata)
        if (found === undefined) return done(new RaftError('SNAPSHOT_FAILED', 'retention removed it'))
        done(undefined, source(found.metadata, found.bytes, host))
      }),
  }
}

function sink(disk: SimulatedDisk, host: StoreHost, metadata: SnapshotMetadata): SnapshotSink {
  const parts: Uint8Array[] = []
  return {
    write: (bytes, done) => {
      parts.push(bytes.slice())
      host.later('write', done)
    },
    commit: (done) =>
      write(
        disk,
        host,
        () => {
          const snapshots = [{ metadata, bytes: joined(parts) }, ...disk.snapshots]
          disk.snapshots = snapshots.sort((a, b) => b.metadata.index - a.metadata.index).slice(0, retained)
        },
        done,
      ),
    abort: (done) => host.later('write', done),
  }
}

/** One small durable write; it may also survive a crash that comes before it was called back. */
function write(disk: SimulatedDisk, host: StoreHost, change: () => void, done: (error?: Error) => void): void {
  if (!host.mayAct()) return
  disk.unsettled.add(change)
  host.later('write', (error) => {
    if (error) return done(error)
    disk.unsettled.delete(change)
    change()
    done()
  })
}

function source(metadata: SnapshotMetadata, bytes: Uint8Array, host: StoreHost): SnapshotSource {
  return {
    metadata,
    sizeBytes: bytes.length,
    read: (offset, length, done) => host.later('read', () => done(undefined, bytes.slice(offset, offset + length))),
    close: (done) => host.later('read', () => done()),
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function termRuns(entries: readonly Entry[]): TermRun[] {
  const runs: TermRun[] = []
  for (const { index, term } of entries) if (runs.at(-1)?.term !== term) runs.push({ from: index, term })
  return runs
}

function takeBytes(entries: readonly Entry[], limitBytes: number): readonly Entry[] {
  let bytes = 0
  const end = entries.findIndex((entry, i) => {
    bytes += entry.record.length
    return i > 0 && bytes > limitBytes
  })
  return end < 0 ? entries : entries.slice(0, end)
}
