import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { decodeSnapshotMetadata, type SnapshotMetadata } from 'raft-core'
import { codeOf, reasonOf, StoreError } from './errors.ts'

/**
 * A snapshot file: magic, length and checksum of the metadata, the metadata; the body as it is; the checksum of each chunk of
 * the body; length of the body, checksum of the chunk checksums, magic. A file without its trailer was never finished.
 *
 * The first version had one checksum over the whole body in the trailer and none by chunk: it is read as one chunk.
 */
const magic = Buffer.from('RSNAP2\0\0')
const firstMagic = Buffer.from('RSNAP1\0\0')
const headerBytes = magic.length + 8
const trailerBytes = 12 + magic.length
const checksumBytes = 4

/** Metadata is a configuration of a few servers; more than this is no snapshot. */
const metadataLimitBytes = 1024 * 1024

/** Bytes of the body under one checksum. */
export const chunkBytes: number = 64 * 1024

export interface SnapshotLayout {
  readonly metadata: SnapshotMetadata
  readonly bodyAt: number
  readonly bodyBytes: number
  /** Undefined in a file of the first version. */
  readonly chunkChecksums: Uint32Array | undefined
  /** Of the whole body, in a file of the first version. */
  readonly bodyChecksum: number
}

export function encodeHeader(metadata: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes)
  magic.copy(header)
  header.writeUInt32BE(metadata.length, magic.length)
  header.writeUInt32BE(crc32(metadata), magic.length + 4)
  return Buffer.concat([header, metadata])
}

/** What follows the body. */
export function encodeTrailer(bodyBytes: number, chunkChecksums: readonly number[]): Buffer {
  const table = Buffer.alloc(chunkChecksums.length * checksumBytes)
  for (const [i, checksum] of chunkChecksums.entries()) table.writeUInt32BE(checksum, i * checksumBytes)
  const trailer = Buffer.alloc(trailerBytes)
  trailer.writeBigUInt64BE(BigInt(bodyBytes))
  trailer.writeUInt32BE(crc32(trailer.subarray(0, 8), crc32(table)), 8)
  magic.copy(trailer, 12)
  return Buffer.concat([table, trailer])
}

/** Reads all but the body. `FORMAT_UNKNOWN` for another kind of file, `DAMAGED` for one that does not add up. */
export async function readLayout(file: FileHandle, path: string): Promise<SnapshotLayout> {
  const { size } = await file.stat()
  const header = await readExactly(file, 0, Math.min(size, headerBytes), path)
  const isFirst = header.subarray(0, magic.length).equals(firstMagic)
  if (!isFirst && !header.subarray(0, magic.length).equals(magic)) {
    throw new StoreError('FORMAT_UNKNOWN', `${path} is no snapshot of this program, or of a newer one`)
  }
  if (header.length < headerBytes) throw damaged(path)
  const metadataBytes = header.readUInt32BE(magic.length)
  const bodyAt = headerBytes + metadataBytes
  if (metadataBytes > metadataLimitBytes || bodyAt + trailerBytes > size) throw damaged(path)
  const encoded = await readExactly(file, headerBytes, metadataBytes, path)
  if (crc32(encoded) !== header.readUInt32BE(magic.length + 4)) throw damaged(path)
  const trailer = await readExactly(file, size - trailerBytes, trailerBytes, path)
  const bodyBytes = Number(trailer.readBigUInt64BE())
  const chunks = isFirst ? 0 : Math.ceil(bodyBytes / chunkBytes)
  const isWhole = bodyAt + bodyBytes + chunks * checksumBytes + trailerBytes === size
  if (!isWhole || !trailer.subarray(12).equals(isFirst ? firstMagic : magic)) throw damaged(path)
  const metadata = decodeMetadata(encoded, path)
  const bodyChecksum = trailer.readUInt32BE(8)
  if (isFirst) return { metadata, bodyAt, bodyBytes, chunkChecksums: undefined, bodyChecksum }
  const table = await readExactly(file, bodyAt + bodyBytes, chunks * checksumBytes, path)
  if (crc32(trailer.subarray(0, 8), crc32(table)) !== bodyChecksum) throw damaged(path)
  const chunkChecksums = Uint32Array.from({ length: chunks }, (_, i) => table.readUInt32BE(i * checksumBytes))
  return { metadata, bodyAt, bodyBytes, chunkChecksums, bodyChecksum }
}

/** Reads all of these bytes; a file that ends before them is `DAMAGED`. */
export async function readExactly(file: FileHandle, at: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  try {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(bytes, done, length - done, at + done)
      if (bytesRead === 0) throw damaged(path)
      done += bytesRead
    }
  } catch (cause) {
    if (cause instanceof StoreError) throw cause
    throw new StoreError('READ_FAILED', `reading ${path} failed: ${reasonOf(cause)}; look at the disk`, { cause })
  }
  return bytes
}

export function damaged(path: string): StoreError {
  return new StoreError(
    'DAMAGED',
    `${path} is cut off or does not match its checksum; remove it, an older one will be used`,
  )
}

function decodeMetadata(encoded: Uint8Array, path: string): SnapshotMetadata {
  try {
    return decodeSnapshotMetadata(encoded)
  } catch (cause) {
    if (codeOf(cause) !== 'INVALID_RECORD') throw cause
    throw new StoreError('FORMAT_UNKNOWN', `${path} describes itself in a way that this program does not know`, {
      cause,
    })
  }
}
