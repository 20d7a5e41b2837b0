import { crc32 } from 'node:zlib'
import { decodeHardState, initialHardState, type LogPosition } from 'raft-core'
import type { LogDatabase } from './database.ts'
import { StoreError } from './errors.ts'
import { entryKey, formatKey, indexOfKey, runKey, stateKey } from './log-keys.ts'
import { readableEntry } from './log-reader.ts'
import { encodeRunRecord, encodeStateRecord } from './log-records.ts'

/** What `formatKey` holds. Another value is another format. */
const current = 'raft-log 2'
const first = 'raft-log 1'

/**
 * Checks the format, brings an older one up to date, or writes it into a database that is new. `FORMAT_UNKNOWN` for what another
 * program wrote, `DAMAGED` when a database that was in use has none.
 */
export async function settleFormat(database: LogDatabase, path: string, isNew: boolean): Promise<void> {
  const stored = await database.get(formatKey)
  const found = stored && Buffer.from(stored).toString('utf8')
  if (found === current) return
  if (found === first) return upgradeFromFirst(database)
  if (found !== undefined) throw unknownFormat(path, `the format ${JSON.stringify(found)}`)
  const format = Buffer.from(current)
  // Only this format has a state under this key, so the write is lost that founded the database; the rest tells what it is.
  if ((await database.get(stateKey)) !== undefined) return database.put(formatKey, format, { sync: true })
  if (!isNew) {
    throw new StoreError('DAMAGED', `the database in ${path} lost what it held; replace it and start as an empty node`)
  }
  if ((await database.keys({ limit: 1 }).all()).length > 0) throw unknownFormat(path, 'no format')
  const start = { index: 0, term: 0 }
  const state = encodeStateRecord({ base: start, last: start, hardState: initialHardState })
  await database.batch().put(formatKey, format).put(stateKey, state).write({ sync: true })
}

function unknownFormat(path: string, what: string): StoreError {
  return new StoreError('FORMAT_UNKNOWN', `${path} holds ${what}, not "${current}"; use the program that wrote it`)
}

/** The first format kept base and hard state apart, the latter without a checksum, and had no records of terms. */
async function upgradeFromFirst(database: LogDatabase): Promise<void> {
  const [baseKey, hardStateKey] = [Buffer.from('mbase'), Buffer.from('mhard-state')]
  const base = decodeBase(await database.get(baseKey))
  const hardState = await database.get(hardStateKey)
  const batch = database.batch()
  let last = base
  for await (const [key, record] of database.iterator({ gt: entryKey(base.index), lte: entryKey(2 ** 53 - 1) })) {
    const entry = indexOfKey(key) === last.index + 1 ? readableEntry(record, last.index + 1) : undefined
    // From here on the log is damaged, which the scan after this reports.
    if (entry === undefined) break
    const { index, term } = entry
    if (term > last.term) batch.put(runKey(index), encodeRunRecord({ previousTerm: last.term, term }))
    last = { index, term }
  }
  const state = { base, last, hardState: hardState ? decodeHardState(hardState) : initialHardState }
  batch.put(stateKey, encodeStateRecord(state))
  batch.put(formatKey, Buffer.from(current))
  batch.del(baseKey)
  batch.del(hardStateKey)
  await batch.write({ sync: true })
}

function decodeBase(stored: Uint8Array | undefined): LogPosition {
  if (stored === undefined) return { index: 0, term: 0 }
  const bytes = Buffer.from(stored)
  if (bytes.length !== 20 || bytes.readUInt32BE(16) !== crc32(bytes.subarray(0, 16))) {
    throw new StoreError('DAMAGED', 'where the log begins does not match its checksum; start with an empty directory')
  }
  return { index: Number(bytes.readBigUInt64BE(0)), term: Number(bytes.readBigUInt64BE(8)) }
}
