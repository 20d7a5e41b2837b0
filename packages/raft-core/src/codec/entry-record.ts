import type { Entry, EntryType } from '../entry.ts'
import { RaftError } from '../errors.ts'
import type { Crc32 } from '../ports/hash.ts'
import type { LogIndex, Term } from '../types.ts'
import { crc32 as ownCrc32 } from './crc32.ts'
import { bytesField, readFields, readVarint, uintField } from './reader.ts'
import { Writer } from './writer.ts'

const typeNumbers: Record<EntryType, number> = { command: 1, opening: 2, configuration: 3, barrier: 4 }
const typesByNumber = new Map(Object.entries(typeNumbers).map(([type, number]) => [number, type as EntryType]))

/** Bytes that a record adds to its payload at most: length, checksum, term, index, type, payload length. */
export const recordOverheadBytes: number = 8 + 5 + 9 + 9 + 2 + 9

/** Makes an entry and its record: LEB128 length, then EntryRecord of proto/raft/v1 with its checksum. */
export function encodeEntry(
  index: LogIndex,
  term: Term,
  type: EntryType,
  payload: Uint8Array,
  crc32: Crc32 = ownCrc32,
): Entry {
  const body = new Writer().uint(2, term).uint(3, index).uint(4, typeNumbers[type]).bytes(5, payload).finish()
  const record = new Writer()
    .length(5 + body.length)
    .fixed32(1, crc32(body))
    .raw(body)
    .finish()
  return { index, term, type, payload: record.subarray(record.length - payload.length), record }
}

/**
 * Reads the entry whose record begins at `offset`. The entry's bytes are views into `bytes`.
 * A record that is cut off, has another checksum or an unknown type is `INVALID_RECORD`.
 */
export function decodeEntry(bytes: Uint8Array, offset = 0, crc32: Crc32 = ownCrc32): Entry {
  const cursor = { at: offset }
  const length = readVarint(bytes, cursor)
  if (length > bytes.length - cursor.at) throw invalid('is cut off')
  const message = bytes.subarray(cursor.at, cursor.at + length)
  if (message[0] !== 0x0d || length < 5) throw invalid('does not begin with its checksum')
  const stored = new DataView(message.buffer, message.byteOffset).getUint32(1, true)
  const body = message.subarray(5)
  if (crc32(body) !== stored) throw invalid('does not match its checksum')
  const fields = readFields(body)
  const type = typesByNumber.get(uintField(fields, 4))
  if (type === undefined) throw invalid(`has the unknown type ${uintField(fields, 4)}`)
  const term = uintField(fields, 2)
  const index = uintField(fields, 3)
  if (term === 0 || index === 0) throw invalid('has no term or no index')
  return { index, term, type, payload: bytesField(fields, 5), record: bytes.subarray(offset, cursor.at + length) }
}

function invalid(what: string): RaftError {
  return new RaftError('INVALID_RECORD', `an entry record ${what}`)
}
