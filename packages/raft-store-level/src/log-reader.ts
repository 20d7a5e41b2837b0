import { crc32 } from 'node:zlib'
import { decodeEntry, type Entry, type LogIndex } from 'raft-core'
import type { LogDatabase } from './database.ts'
import { reasonOf, StoreError } from './errors.ts'
import { entryKey } from './log-keys.ts'

const kibibyte = 1024

/** Entries asked of the database at a time. */
const readAhead = 256

/**
 * Reads entries from the database as it is at the time of the call: what is written or removed later does not mix in. At least
 * one entry, and as many as fit into `limitBytes`. `DAMAGED` when one is not there or does not match its checksum.
 */
export async function readEntries(
  database: LogDatabase,
  from: LogIndex,
  end: LogIndex,
  limitBytes: number,
): Promise<Entry[]> {
  const iterator = database.values({
    gte: entryKey(from),
    lt: entryKey(end),
    fillCache: false,
    highWaterMarkBytes: Math.min(Math.max(limitBytes, 16 * kibibyte), kibibyte * kibibyte),
  })
  const entries: Entry[] = []
  let bytes = 0
  try {
    for (;;) {
      const values = await iterator.nextv(readAhead)
      if (values.length === 0) break
      for (const value of values) {
        if (entries.length > 0 && bytes + value.length > limitBytes) return entries
        bytes += value.length
        entries.push(decodeStored(value, from + entries.length))
      }
    }
  } catch (cause) {
    throw cause instanceof StoreError ? cause : readingFailed(cause)
  } finally {
    await iterator.close()
  }
  if (entries.length < end - from) throw damaged(from + entries.length, 'is not there')
  return entries
}

/** The entry in a stored record, if it is whole and the one of this index; undefined otherwise. */
export function readableEntry(record: Uint8Array, index: LogIndex): Entry | undefined {
  try {
    const entry = decodeEntry(record, 0, crc32)
    return entry.index === index && entry.record.length === record.length ? entry : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'INVALID_RECORD') return undefined
    throw error
  }
}

function decodeStored(record: Uint8Array, index: LogIndex): Entry {
  const entry = readableEntry(record, index)
  if (entry === undefined) throw damaged(index, 'does not match its checksum or its place')
  return entry
}

export function readingFailed(cause: unknown): StoreError {
  return new StoreError('READ_FAILED', `reading the log failed: ${reasonOf(cause)}; look at the disk`, { cause })
}

function damaged(index: LogIndex, how: string): StoreError {
  return new StoreError('DAMAGED', `entry ${index} in the database ${how}; start again to see how much is damaged`)
}
