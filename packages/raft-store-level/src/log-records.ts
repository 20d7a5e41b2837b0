import { crc32 } from 'node:zlib'
import { decodeHardState, encodeHardState, type HardState, type LogPosition, type Term } from 'raft-core'

/**
 * What every batch writes beside its entries: where the log begins and ends, and the hard state.
 *
 * It is written whole each time, so a batch that the disk lost in the middle can neither bring an old vote back nor hide that
 * entries went with it.
 */
export interface LogStateRecord {
  readonly base: LogPosition
  /** The last entry; equal to `base` when there is none. */
  readonly last: LogPosition
  readonly hardState: HardState
}

/** Where a term begins: the term of the entry before, and of the entries from here on. */
export interface TermRunRecord {
  readonly previousTerm: Term
  readonly term: Term
}

const positionBytes = 16
const checksumBytes = 4

export function encodeStateRecord({ base, last, hardState }: LogStateRecord): Buffer {
  return sealed(pair(base.index, base.term), pair(last.index, last.term), encodeHardState(hardState))
}

/** Undefined when the bytes do not match their checksum. */
export function decodeStateRecord(stored: Uint8Array): LogStateRecord | undefined {
  const content = unsealed(stored)
  if (content === undefined || content.length < 2 * positionBytes) return undefined
  const [baseIndex, baseTerm] = readPair(content)
  const [index, term] = readPair(content.subarray(positionBytes))
  const hardState = decodeHardState(content.subarray(2 * positionBytes))
  return { base: { index: baseIndex, term: baseTerm }, last: { index, term }, hardState }
}

export function encodeRunRecord({ previousTerm, term }: TermRunRecord): Buffer {
  return sealed(pair(previousTerm, term))
}

/** Undefined when the bytes do not match their checksum. */
export function decodeRunRecord(stored: Uint8Array): TermRunRecord | undefined {
  const content = unsealed(stored)
  if (content?.length !== positionBytes) return undefined
  const [previousTerm, term] = readPair(content)
  return { previousTerm, term }
}

function pair(first: number, second: number): Buffer {
  const bytes = Buffer.allocUnsafe(positionBytes)
  bytes.writeBigUInt64BE(BigInt(first), 0)
  bytes.writeBigUInt64BE(BigInt(second), 8)
  return bytes
}

function readPair(bytes: Buffer): [number, number] {
  return [Number(bytes.readBigUInt64BE(0)), Number(bytes.readBigUInt64BE(8))]
}

/** The parts and their CRC-32. */
function sealed(...parts: Uint8Array[]): Buffer {
  const bytes = Buffer.concat([...parts, Buffer.alloc(checksumBytes)])
  const end = bytes.length - checksumBytes
  bytes.writeUInt32BE(crc32(bytes.subarray(0, end)), end)
  return bytes
}

function unsealed(stored: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength)
  const end = bytes.length - checksumBytes
  if (end < 0 || bytes.readUInt32BE(end) !== crc32(bytes.subarray(0, end))) return undefined
  return bytes.subarray(0, end)
}
