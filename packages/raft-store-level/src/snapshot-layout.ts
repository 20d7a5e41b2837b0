import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { decodeSnapshotMetadata, type SnapshotMetadata } from 'raft-core'
import { StoreError } from './errors.ts'

/**
 * A snapshot file: magic, length and checksum of the metadata, the metadata; the body as it is; length and checksum of the
 * body, magic. A file without its trailer was never finished.
 */
const magic = Buffer.from('RSNAP1\0\0')
const headerBytes = magic.length + 8
const trailerBytes: number = 12 + magic.length

/** Metadata is a configuration of a few servers; more than this is no snapshot. */
const metadataLimitBytes = 1024 * 1024

const verifyChunkBytes = 1024 * 1024

export interface SnapshotLayout {
  readonly metadata: SnapshotMetadata
  readonly bodyAt: number
  readonly bodyBytes: number
  readonly checksum: number
}

export function encodeHeader(metadata: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes)
  magic.copy(header)
  header.writeUInt32BE(metadata.length, magic.length)
  header.writeUInt32BE(crc32(metadata), magic.length + 4)
  return Buffer.concat([header, metadata])
}

export function encodeTrailer(bodyBytes: number, checksum: number): Buffer {
  const trailer = Buffer.alloc(trailerBytes)
  trailer.writeBigUInt64BE(BigInt(bodyBytes))
  trailer.writeUInt32BE(checksum, 8)
  magic.copy(trailer, 12)
  return trailer
}

/** Reads header and trailer. `FORMAT_UNKNOWN` for another kind of file, `DAMAGED` for one that does not add up. */
export async function readLayout(file: FileHandle, path: string): Promise<SnapshotLayout> {
  const { size } = await file.stat()
  const header = await readExactly(file, 0, Math.min(size, headerBytes), path)
  if (!header.subarray(0, magic.length).equals(magic)) {
    throw new StoreError('FORMAT_UNKNOWN', `${path} is no snapshot of this program, or of a newer one`)
  }
  if (header.length < headerBytes) throw damaged(path)
  const metadataBytes = header.readUInt32BE(magic.length)
  const bodyAt = headerBytes + metadataBytes
  if (metadataBytes > metadataLimitBytes || bodyAt + trailerBytes > size) throw damaged(path)
  const metadata = await readExactly(file, headerBytes, metadataBytes, path)
  const trailer = await readExactly(file, size - trailerBytes, trailerBytes, path)
  const bodyBytes = Number(trailer.readBigUInt64BE())
  const fits = trailer.subarray(12).equals(magic) && bodyAt + bodyBytes + trailerBytes === size
  if (!fits || crc32(metadata) !== header.readUInt32BE(magic.length + 4)) throw damaged(path)
  return { metadata: decodeSnapshotMetadata(metadata), bodyAt, bodyBytes, checksum: trailer.readUInt32BE(8) }
}

/** Reads the whole body once and compares its checksum. `DAMAGED` otherwise. */
export async function verifyBody(
  file: FileHandle,
  { bodyAt, bodyBytes, checksum }: SnapshotLayout,
  path: string,
): Promise<void> {
  let actual = 0
  for (let at = 0; at < bodyBytes; at += verifyChunkBytes) {
    actual = crc32(await readExactly(file, bodyAt + at, Math.min(verifyChunkBytes, bodyBytes - at), path), actual)
  }
  if (actual !== checksum) throw damaged(path)
}

async function readExactly(file: FileHandle, at: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, at)
  if (bytesRead < length) throw damaged(path)
  return bytes
}

function damaged(path: string): StoreError {
  return new StoreError(
    'DAMAGED',
    `${path} is cut off or does not match its checksum; remove it, an older one will be used`,
  )
}
