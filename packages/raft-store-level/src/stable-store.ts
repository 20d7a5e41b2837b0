import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { StableKey, StableStore } from 'raft-core'
import { isMissing, prepareDirectory, replaceFile } from './durable-file.ts'
import { StoreError } from './errors.ts'
import { report, reportResult } from './report.ts'

const magic = Buffer.from('RSTB1')

/** A `StableStore` of one small file a key: checksummed, written aside, fsynced and renamed into place. */
export function fileStableStore(directory: string): StableStore {
  return {
    get: (key, done) => reportResult(readKey(directory, key), done),
    set: (key, value, done) => report(writeKey(directory, key, value), done),
  }
}

async function readKey(directory: string, key: StableKey): Promise<Uint8Array | undefined> {
  const path = join(directory, `${key}.bin`)
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw new StoreError('READ_FAILED', `${path} cannot be read; look at its mode and disk`, { cause })
  }
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    throw new StoreError('FORMAT_UNKNOWN', `${path} was not written by this program, or by a newer one`)
  }
  const value = bytes.subarray(magic.length + 4)
  if (bytes.length < magic.length + 4 || bytes.readUInt32BE(magic.length) !== crc32(value)) {
    throw new StoreError('DAMAGED', `${path} does not match its checksum; restore it, or start with an empty directory`)
  }
  return value
}

async function writeKey(directory: string, key: StableKey, value: Uint8Array): Promise<void> {
  await prepareDirectory(directory)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(value))
  await replaceFile(join(directory, `${key}.bin`), Buffer.concat([magic, checksum, value]))
}
