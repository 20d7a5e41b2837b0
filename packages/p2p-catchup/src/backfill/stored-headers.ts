import { type CommittedHeader, type Height, loadHeader, type StoredRecord } from 'block-fsm'
import { CatchupError } from '../errors.ts'
import type { HistoryStore } from '../ports/history-store.ts'

/** Bytes read from the store at once. */
const readBytes = 4 * 1024 * 1024

/** Committed headers of this node's own store, ascending. One that is not there is this node's own trouble. */
export async function storedHeaders(
  store: Pick<HistoryStore, 'range'>,
  from: Height,
  to: Height,
  signal?: AbortSignal,
): Promise<readonly CommittedHeader[]> {
  const headers: CommittedHeader[] = []
  while (from + headers.length <= to) {
    const records = await store.range(from + headers.length, to, readBytes, signal)
    if (records.length === 0) throw vanished(from + headers.length)
    for (const record of records) headers.push(await headerOf(record))
  }
  return headers
}

/** The committed header of a record that the store gave. */
export async function headerOf(record: StoredRecord): Promise<CommittedHeader> {
  const header = await loadHeader({ get: async () => record }, record.height)
  if (header === undefined) throw vanished(record.height)
  return header
}

function vanished(height: Height): CatchupError {
  return new CatchupError(
    'STORE_CHANGED',
    `the store does not have header ${height} any more; it was taken out meanwhile`,
  )
}
