import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { StableKey, StableStore } from 'raft-core'
import { isMissing, prepareDirectory, replaceFile } from './durable-file.ts'
import { reasonOf, StoreError } from './errors.ts'
import { report, reportResult } from './report.ts'

const magic = Buffer.from('RSTB1')
const headerBytes = magic.length + 4

/** Identity and founding record are a few hundred bytes. */
const valueLimitBytes = 1024 * 1024

/** A `StableStore` of one small file a key: checksummed, written aside, fsynced and renamed into place. */
export function fileStableStore(directory: string): StableStore {
  // One at a time, in the order in which they were asked for, so that the last one wins.
  let writes: Promise<void> = Promise.resolve()
  return {
    get: (key, done) => reportResult(readKey(directory, key), done),
    set: (key, value, done) => {
      const copy = Uint8Array.from(value)
      const write = writes.then(() => writeKey(directory, key, copy))
      writes = write.catch(() => {})
      report(write, done)
    },
  }
}

async function readKey(directory: string, key: StableKey): Promise<Uint8Array | undefined> {
  const path = join(directory, `${key}.bin`)
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw new StoreError('READ_FAILED', `${path} cannot be read: ${reasonOf(cause)}`, { cause })
  }
  const begun = bytes.subarray(0, magic.length)
  if (!begun.equals(magic.subarray(0, begun.length))) {
    throw new StoreError('FORMAT_UNKNOWN', `${path} was not written by this program, or by a newer one`)
  }
  const value = bytes.subarray(headerBytes)
  if (bytes.length < headerBytes || bytes.readUInt32BE(magic.length) !== crc32(value)) {
    throw new StoreError('DAMAGED', `${path} does not match its checksum; restore it, or start with an empty directory`)
  }
  return value
}

async function writeKey(directory: string, key: StableKey, value: Uint8Array): Promise<void> {
  if (value.length > valueLimitBytes) {
    throw new StoreError('TOO_LARGE', `${key} of ${value.length} bytes; ${valueLimitBytes} is the limit`)
  }
  await prepareDirectory(directory)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(value))
  await replaceFile(join(directory, `${key}.bin`), Buffer.concat([magic, checksum, value]))
}
