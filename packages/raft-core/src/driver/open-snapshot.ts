import { RaftError } from '../errors.ts'
import type { DoneWith } from '../ports/completion.ts'
import type { SnapshotSource, SnapshotStore } from '../ports/snapshot-store.ts'
import type { LogPosition } from '../entry.ts'

/** Opens the snapshot at exactly this position, or the newest one when none is given. */
export function openSnapshot(
  store: SnapshotStore,
  position: LogPosition | undefined,
  done: DoneWith<SnapshotSource>,
): void {
  store.list((error, snapshots) => {
    if (error || snapshots === undefined) return done(error)
    const found = snapshots.find(
      ({ metadata }) =>
        position === undefined || (metadata.index === position.index && metadata.term === position.term),
    )
    if (found === undefined) return done(new RaftError('SNAPSHOT_FAILED', 'the snapshot is not in the store any more'))
    store.open(found, done)
  })
}
