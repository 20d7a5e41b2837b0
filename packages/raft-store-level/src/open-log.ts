import { crc32 } from 'node:zlib'
import type { ClassicLevel } from 'classic-level'
import {
  decodeEntry,
  decodeHardState,
  initialHardState,
  type Logger,
  type LogPosition,
  type OpenedLog,
  type TermRun,
} from 'raft-core'
import { StoreError } from './errors.ts'
import { baseKey, entryKey, formatKey, formatValue, hardStateKey, indexOfKey } from './log-keys.ts'

export type LogDatabase = ClassicLevel<Uint8Array, Uint8Array>

const lastKey = entryKey(Number.MAX_SAFE_INTEGER)

/** Checks the format, or writes it into an empty database. `FORMAT_UNKNOWN` otherwise. */
export async function checkFormat(database: LogDatabase, path: string): Promise<void> {
  const stored = await database.get(formatKey)
  if (stored !== undefined && Buffer.from(stored).equals(formatValue)) return
  const found = stored === undefined ? 'no format' : JSON.stringify(Buffer.from(stored).toString('utf8'))
  const isEmpty = (await database.keys({ limit: 1 }).all()).length === 0
  if (!isEmpty) {
    throw new StoreError(
      'FORMAT_UNKNOWN',
      `${path} holds ${found}, not "${String(formatValue)}"; use the program that wrote it`,
    )
  }
  await database.put(formatKey, formatValue, { sync: true })
}

/**
 * Reads the whole log once: every record's checksum, the sequence of indexes, the runs of terms. What cannot be read is reported as
 * damaged, from the first such index to the end, and left as it is; what a compaction left behind is removed.
 */
export async function scanLog(database: LogDatabase, logger: Logger): Promise<OpenedLog> {
  const base = decodeBase(await database.get(baseKey))
  const stored = await database.get(hardStateKey)
  const hardState = stored === undefined ? initialHardState : decodeHardState(stored)
  await database.clear({ gte: entryKey(0), lte: entryKey(base.index) })
  const terms: TermRun[] = []
  let lastIndex = base.index
  let lastTerm = base.term
  let broken: number | undefined
  let highest = base.index
  for await (const [key, value] of database.iterator({ gt: entryKey(base.index), lte: lastKey })) {
    highest = indexOfKey(key)
    if (broken !== undefined) continue
    const term = highest === lastIndex + 1 ? readableTerm(value, highest) : undefined
    if (term === undefined || term < lastTerm) {
      broken = lastIndex + 1
      continue
    }
    if (term !== lastTerm || terms.length === 0) terms.push({ from: highest, term })
    lastIndex = highest
    lastTerm = term
  }
  if (broken === undefined) return { hardState, base, lastIndex, terms, damaged: undefined }
  logger.error({ from: broken, to: highest }, 'the log holds entries that cannot be read')
  return { hardState, base, lastIndex, terms, damaged: { from: broken, to: highest } }
}

export function encodeBase({ index, term }: LogPosition): Buffer {
  const bytes = Buffer.allocUnsafe(20)
  bytes.writeBigUInt64BE(BigInt(index), 0)
  bytes.writeBigUInt64BE(BigInt(term), 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 16)), 16)
  return bytes
}

function decodeBase(stored: Uint8Array | undefined): LogPosition {
  if (stored === undefined) return { index: 0, term: 0 }
  const bytes = Buffer.from(stored)
  if (bytes.length !== 20 || bytes.readUInt32BE(16) !== crc32(bytes.subarray(0, 16))) {
    throw new StoreError('DAMAGED', 'where the log begins does not match its checksum; start with an empty directory')
  }
  return { index: Number(bytes.readBigUInt64BE(0)), term: Number(bytes.readBigUInt64BE(8)) }
}

function readableTerm(record: Uint8Array, index: number): number | undefined {
  try {
    const entry = decodeEntry(record, 0, crc32)
    return entry.index === index && entry.record.length === record.length ? entry.term : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'INVALID_RECORD') return undefined
    throw error
  }
}
