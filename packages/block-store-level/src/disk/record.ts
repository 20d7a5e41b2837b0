import { crc32 } from 'node:zlib'

const checksumBytes = 4

/** A value with a checksum over its key and itself, so that neither rot nor a value at a wrong place goes unseen. */
export function sealRecord(key: Uint8Array, value: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(checksumBytes + value.length)
  record.writeUInt32BE(crc32(value, crc32(key)), 0)
  record.set(value, checksumBytes)
  return record
}

/** The value of a record; undefined when it is damaged. */
export function openRecord(key: Uint8Array, record: Uint8Array): Buffer | undefined {
  if (record.length < checksumBytes) return undefined
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength)
  const value = bytes.subarray(checksumBytes)
  return bytes.readUInt32BE(0) === crc32(value, crc32(key)) ? value : undefined
}
