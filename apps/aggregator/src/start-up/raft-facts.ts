import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BlockFsm, type ChainFacts } from 'block-fsm'
import { decodeFoundingRecord, type FoundingRecord, type SnapshotSource, type StoredSnapshot } from 'raft-core'
import type { RaftDirectory } from 'raft-store-level'
import type { Place } from './facts.ts'
import { answered } from './answered.ts'

/** What a Raft directory says without its log being opened. Creates nothing. */
export interface RaftDirectoryFacts {
  /** Undefined before a cluster is founded: a promise is none. */
  readonly founding: FoundingRecord | undefined
  readonly snapshotTip: Place | undefined
}

/** Reads the founding record and the tip in the newest snapshot. What cannot be read rejects as its store says. */
export async function readRaftDirectory(
  directory: string,
  { stableStore, snapshotStore }: Pick<RaftDirectory, 'stableStore' | 'snapshotStore'>,
  chain: ChainFacts,
): Promise<RaftDirectoryFacts> {
  const bytes = await answered<Uint8Array | undefined>((done) => stableStore.get('founding', done))
  const record = bytes && bytes.length > 0 ? decodeFoundingRecord(bytes) : undefined
  const founding = record?.stage === 'founded' ? record : undefined
  // A snapshot store makes its directory when it is first asked.
  if (!existsSync(join(directory, 'snapshots'))) return { founding, snapshotTip: undefined }
  const [newest] = await answered<readonly StoredSnapshot[]>((done) => snapshotStore.list(done))
  if (newest === undefined) return { founding, snapshotTip: undefined }
  const source = await answered<SnapshotSource>((done) => snapshotStore.open(newest, done))
  try {
    // A state machine of its own: the node's stays as it is until Raft restores it.
    const fsm = new BlockFsm(chain)
    await answered<void>((done) => fsm.restore(source, done))
    return { founding, snapshotTip: fsm.state.tip }
  } finally {
    await answered<void>((done) => source.close(done))
  }
}
