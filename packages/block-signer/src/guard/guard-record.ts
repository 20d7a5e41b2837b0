import { crc32 } from 'node:zlib'
import type { Hash, Height } from 'block-fsm'

/** A height and the hash that this node stands behind, or with kind `floor` the height below which records were dropped. */
export interface GuardRecord {
  readonly kind: GuardRecordKind
  readonly height: Height
  readonly hash: Hash
}

export type GuardRecordKind = 'block' | 'anchor' | 'below' | 'floor'

/** A record as it was read. */
export interface ReadRecord extends GuardRecord {
  readonly sequence: number
  /** It begins a write: everything before it was durable before it was written. */
  readonly beginsWrite: boolean
}

/** One size for all, so that no record lies across two sectors of a disk. */
export const recordBytes = 64

const kinds: readonly GuardRecordKind[] = ['block', 'anchor', 'below', 'floor']
const hashAt = 28
const checksumAt = 60

/** Bytes: sequence 8, height 8, kind 1, begins a write 1, zero 10, hash 32, checksum 4. */
export function encodeRecords(records: readonly GuardRecord[], firstSequence: number): Buffer {
  const bytes = Buffer.alloc(records.length * recordBytes)
  records.forEach(({ kind, height, hash }, i) => {
    const record = bytes.subarray(i * recordBytes, (i + 1) * recordBytes)
    record.writeBigUInt64BE(BigInt(firstSequence + i), 0)
    record.writeBigUInt64BE(BigInt(height), 8)
    record[16] = kinds.indexOf(kind)
    record[17] = i === 0 ? 1 : 0
    record.set(hash, hashAt)
    record.writeUInt32BE(crc32(record.subarray(0, checksumAt)), checksumAt)
  })
  return bytes
}

/** Undefined when the bytes are no record or do not match their checksum. */
export function decodeRecord(bytes: Buffer): ReadRecord | undefined {
  if (bytes.length < recordBytes) return undefined
  if (bytes.readUInt32BE(checksumAt) !== crc32(bytes.subarray(0, checksumAt))) return undefined
  const kind = kinds[bytes[16]!]
  if (kind === undefined) return undefined
  return {
    kind,
    height: Number(bytes.readBigUInt64BE(8)),
    hash: Uint8Array.from(bytes.subarray(hashAt, checksumAt)),
    sequence: Number(bytes.readBigUInt64BE(0)),
    beginsWrite: bytes[17] === 1,
  }
}
