/**
 * raft-core's stores on disk: the log in LevelDB, snapshots and identity as files.
 *
 * ```ts
 * const node = new RaftNode({ ...options, ...raftDirectory({ directory: '/data/raft' }) })
 * ```
 *
 * @packageDocumentation
 */
export { StoreError, type StoreErrorCode } from './errors.ts'
export { fileSnapshotStore, type FileSnapshotStoreOptions } from './file-snapshot-store.ts'
export { levelLogStore, type LevelLogStoreOptions } from './level-log-store.ts'
export { type RaftDirectory, raftDirectory, type RaftDirectoryOptions } from './raft-directory.ts'
export { fileStableStore } from './stable-store.ts'
