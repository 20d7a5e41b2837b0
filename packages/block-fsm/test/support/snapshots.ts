import type { BlockFsm } from 'block-fsm'
import type { SnapshotSource } from 'raft-core'

/** The bytes that a snapshot of the state machine has now. */
export async function encodedSnapshot(fsm: Pick<BlockFsm, 'snapshot'>): Promise<Uint8Array> {
  const captured = fsm.snapshot()
  const chunks: Uint8Array[] = []
  await new Promise<void>((resolve, reject) => {
    captured.persist(
      {
        write(bytes, done) {
          chunks.push(bytes)
          queueMicrotask(() => done())
        },
      },
      (error) => (error ? reject(error) : resolve()),
    )
  })
  captured.release()
  return Uint8Array.from(Buffer.concat(chunks))
}

/** Restores from bytes; `change` replaces parts of the source. */
export async function restoreFrom(
  fsm: Pick<BlockFsm, 'restore'>,
  bytes: Uint8Array,
  change: Partial<SnapshotSource> = {},
): Promise<void> {
  const configuration = { servers: [], outgoing: [] }
  const source: SnapshotSource = {
    metadata: { index: 1, term: 1, configuration, configurationIndex: 0, clusterId: '', epoch: 0 },
    sizeBytes: bytes.length,
    read(offset, length, done) {
      queueMicrotask(() => done(undefined, bytes.slice(offset, offset + length)))
    },
    close(done) {
      queueMicrotask(() => done())
    },
    ...change,
  }
  await new Promise<void>((resolve, reject) => {
    fsm.restore(source, (error) => (error ? reject(error) : resolve()))
  })
}
