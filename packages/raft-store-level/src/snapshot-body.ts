import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { chunkBytes, damaged, readExactly, type SnapshotLayout } from './snapshot-layout.ts'

/** Bytes read at a time while the whole body is checked. */
const verifyBytes: number = 16 * chunkBytes

/**
 * At most `length` bytes of the body from `offset`, fewer only at its end. Every chunk that they touch is checked: `DAMAGED` when
 * one does not match.
 */
export async function readBody(
  file: FileHandle,
  layout: SnapshotLayout,
  offset: number,
  length: number,
  path: string,
): Promise<Uint8Array> {
  const { bodyAt, bodyBytes, chunkChecksums } = layout
  const end = Math.min(bodyBytes, offset + length)
  if (offset >= end) return new Uint8Array(0)
  if (chunkChecksums === undefined) return readExactly(file, bodyAt + offset, end - offset, path)
  const firstChunk = Math.floor(offset / chunkBytes)
  const start = firstChunk * chunkBytes
  const stop = Math.min(bodyBytes, Math.ceil(end / chunkBytes) * chunkBytes)
  const bytes = await readExactly(file, bodyAt + start, stop - start, path)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const expected = chunkChecksums[firstChunk + at / chunkBytes]
    if (crc32(bytes.subarray(at, at + chunkBytes)) !== expected) throw damaged(path)
  }
  return bytes.subarray(offset - start, end - start)
}

/** Reads the whole body once. `DAMAGED` when it is not what was written. */
export async function verifyBody(file: FileHandle, layout: SnapshotLayout, path: string): Promise<void> {
  let checksum = 0
  for (let at = 0; at < layout.bodyBytes; at += verifyBytes) {
    checksum = crc32(await readBody(file, layout, at, verifyBytes, path), checksum)
  }
  if (layout.chunkChecksums === undefined && checksum !== layout.bodyChecksum) throw damaged(path)
}
