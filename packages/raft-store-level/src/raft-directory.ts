import { join } from 'node:path'
import type { LogStore, SnapshotStore, StableStore } from 'raft-core'
import { fileSnapshotStore, type FileSnapshotStoreOptions } from './file-snapshot-store.ts'
import { levelLogStore, type LevelLogStoreOptions } from './level-log-store.ts'
import { fileStableStore } from './stable-store.ts'

export interface RaftDirectoryOptions extends LevelLogStoreOptions, Pick<FileSnapshotStoreOptions, 'maxSnapshotBytes'> {
  /** Directory of one node alone; made if it is not there. */
  readonly directory: string
  /** Complete snapshots to keep, at least 1. Default 3. */
  readonly retainSnapshots?: number
}

/** The three stores of one node. */
export interface RaftDirectory {
  readonly logStore: LogStore
  readonly stableStore: StableStore
  readonly snapshotStore: SnapshotStore
}

/** Lays the stores of a node out in one directory: `log/`, `snapshots/`, `identity.bin`, `founding.bin`. Opens nothing yet. */
export function raftDirectory(options: RaftDirectoryOptions): RaftDirectory {
  const { directory, logger, retainSnapshots, maxSnapshotBytes } = options
  return {
    logStore: levelLogStore({ ...options, directory: join(directory, 'log') }),
    stableStore: fileStableStore(directory),
    snapshotStore: fileSnapshotStore({
      directory: join(directory, 'snapshots'),
      ...(logger && { logger }),
      ...(retainSnapshots !== undefined && { retain: retainSnapshots }),
      ...(maxSnapshotBytes !== undefined && { maxSnapshotBytes }),
    }),
  }
}
