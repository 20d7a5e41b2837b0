import { join } from 'node:path'
import type { Logger, LogStore, SnapshotStore, StableStore } from 'raft-core'
import { fileSnapshotStore } from './file-snapshot-store.ts'
import { levelLogStore } from './level-log-store.ts'
import { fileStableStore } from './stable-store.ts'

export interface RaftDirectoryOptions {
  readonly directory: string
  readonly logger?: Logger
  /** Complete snapshots to keep. Default 3. */
  readonly retainSnapshots?: number
  /** Recent log entries kept in memory. Default 16 MiB. */
  readonly cacheBytes?: number
}

/** The three stores of one node. */
export interface RaftDirectory {
  readonly logStore: LogStore
  readonly stableStore: StableStore
  readonly snapshotStore: SnapshotStore
}

/** Lays the stores of a node out in one directory: `log/`, `snapshots/`, `identity.bin`, `founding.bin`. Opens nothing yet. */
export function raftDirectory({ directory, logger, retainSnapshots, cacheBytes }: RaftDirectoryOptions): RaftDirectory {
  return {
    logStore: levelLogStore({
      directory: join(directory, 'log'),
      ...(logger && { logger }),
      ...(cacheBytes !== undefined && { cacheBytes }),
    }),
    stableStore: fileStableStore(directory),
    snapshotStore: fileSnapshotStore({
      directory: join(directory, 'snapshots'),
      ...(logger && { logger }),
      ...(retainSnapshots !== undefined && { retain: retainSnapshots }),
    }),
  }
}
