import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import type { Done, DoneWith } from './completion.ts'

/** Snapshots: whole, verified, newest first. */
export interface SnapshotStore {
  /** Complete snapshots, newest (highest index) first. Half-written and damaged ones are not listed. */
  list(done: DoneWith<readonly StoredSnapshot[]>): void
  /** Begins a snapshot. It is not listed before its `commit` was called back. */
  create(metadata: SnapshotMetadata, done: DoneWith<SnapshotSink>): void
  /** Opens a listed snapshot for reading. It stays readable until closed, also when retention removes it meanwhile. */
  open(snapshot: StoredSnapshot, done: DoneWith<SnapshotSource>): void
}

/** A complete snapshot in the store. */
export interface StoredSnapshot {
  readonly metadata: SnapshotMetadata
  readonly sizeBytes: number
}

/** Takes a snapshot's bytes. Calls do not overlap: each waits for the one before. */
export interface SnapshotSink {
  write(bytes: Uint8Array, done: Done): void
  /** Makes the snapshot durable and lists it, atomically; then removes older ones beyond the retention count. */
  commit(done: Done): void
  /** Throws away what was written. */
  abort(done: Done): void
}

/** Gives a snapshot's bytes. */
export interface SnapshotSource {
  readonly metadata: SnapshotMetadata
  readonly sizeBytes: number
  /** At most `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number, done: DoneWith<Uint8Array>): void
  close(done: Done): void
}
