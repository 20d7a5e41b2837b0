import type { ExportedState } from 'block-fsm'
import { fields } from '../disk/fields.ts'
import type { Database } from '../disk/open-database.ts'
import { entryKey, entryName, type Position, prefixOf } from './rows.ts'
import { bytesOf } from './transaction.ts'

/** Bytes of one chunk at most, as the port says. */
export const chunkBytes: number = 1024 * 1024

/** The entries of the state as it is now, each as two fields, in byte order of their names, cut into chunks. */
export function exportState(database: Database, position: Position): ExportedState {
  const { generation, height, hash, stateRoot } = position
  // The snapshot is taken now, so that blocks executed meanwhile do not show.
  const snapshot = database.snapshot()
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      const range = { gte: entryKey(generation, ''), lt: prefixOf('s', generation + 1) }
      let gathered: Buffer[] = []
      let bytes = 0
      for await (const [key, value] of database.iterator({ ...range, snapshot })) {
        const entry = fields(bytesOf(entryName(key)), value)
        gathered.push(entry)
        bytes += entry.length
        if (bytes < chunkBytes) continue
        const whole = Buffer.concat(gathered)
        const full = whole.length - (whole.length % chunkBytes)
        for (let at = 0; at < full; at += chunkBytes) yield whole.subarray(at, at + chunkBytes)
        gathered = [whole.subarray(full)]
        bytes = whole.length - full
      }
      if (bytes > 0) yield Buffer.concat(gathered)
    } finally {
      await snapshot.close()
    }
  }
  return { height, blockHash: hash, stateRoot, chunks: chunks() }
}
