import { type Logger, silentLogger, type SnapshotSink, type SnapshotSource, type SnapshotStore } from 'raft-core'
import { StoreError } from './errors.ts'
import { report, reportResult } from './report.ts'
import { type OpenSnapshot, SnapshotDirectory } from './snapshot-directory.ts'
import type { SnapshotWriter } from './snapshot-writer.ts'

export interface FileSnapshotStoreOptions {
  /** Directory of the snapshots alone; made if it is not there. */
  readonly directory: string
  /** Complete snapshots to keep, at least 1. Default 3. */
  readonly retain?: number
  /** A larger snapshot is refused while it is written. Default 16 GiB. */
  readonly maxSnapshotBytes?: number
  readonly logger?: Logger
}

const gibibyte = 1024 ** 3

/**
 * A `SnapshotStore` of one file a snapshot: written aside, checksummed by chunk, fsynced, renamed into place. Each is read whole
 * once before its first use, and every later read checks what it reads.
 */
export function fileSnapshotStore(options: FileSnapshotStoreOptions): SnapshotStore {
  const { directory, retain = 3, maxSnapshotBytes = 16 * gibibyte, logger = silentLogger } = options
  if (!Number.isSafeInteger(retain) || retain < 1) {
    throw new StoreError('INVALID_OPTIONS', `retain is ${retain}; at least one snapshot must be kept`)
  }
  const snapshots = new SnapshotDirectory({ directory, retain, maxSnapshotBytes, logger })
  return {
    list: (done) => reportResult(snapshots.list(), done),
    create: (metadata, done) =>
      reportResult(
        snapshots.create(metadata).then((writer) => sinkOf(writer, snapshots)),
        done,
      ),
    open: (snapshot, done) => reportResult(snapshots.open(snapshot.metadata).then(sourceOf), done),
  }
}

function sinkOf(writer: SnapshotWriter, snapshots: SnapshotDirectory): SnapshotSink {
  return {
    write: (bytes, done) => report(writer.write(bytes), done),
    commit: (done) =>
      report(
        writer.commit().then(() => snapshots.removeOld()),
        done,
      ),
    abort: (done) => report(writer.abort(), done),
  }
}

function sourceOf(snapshot: OpenSnapshot): SnapshotSource {
  return {
    metadata: snapshot.layout.metadata,
    sizeBytes: snapshot.layout.bodyBytes,
    read: (offset, length, done) => reportResult(snapshot.read(offset, length), done),
    close: (done) => report(snapshot.close(), done),
  }
}
