import { type FileHandle, open, readFile } from 'node:fs/promises'
import { isFileError } from '../errors.ts'
import { replaceFile } from './durable-file.ts'
import { damaged, decodeHead, encodeHead, type GuardStamp, headBytes } from './guard-head.ts'
import { decodeRecord, encodeRecords, type GuardRecord, recordBytes } from './guard-record.ts'

/** What a guard's file holds. */
export interface GuardContents {
  readonly stamp: GuardStamp
  readonly records: readonly GuardRecord[]
}

/** Reads a guard's file without holding it; undefined when there is none. What a crash left half written is passed over. */
export async function readGuardFile(path: string): Promise<GuardContents | undefined> {
  try {
    const bytes = await readFile(path)
    return { stamp: decodeHead(bytes, path), records: scan(bytes, path) }
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** An append-only file of records behind a stamp. One fsync a write. */
export class GuardFile {
  readonly #path: string
  readonly #stamp: GuardStamp
  #file: FileHandle
  #count: number

  private constructor(path: string, stamp: GuardStamp, file: FileHandle, count: number) {
    this.#path = path
    this.#stamp = stamp
    this.#file = file
    this.#count = count
  }

  /** Opens the file that `contents` were read from, or makes it. Cuts off what a crash left half written. */
  static async open(path: string, stamp: GuardStamp, contents: GuardContents | undefined): Promise<GuardFile> {
    if (contents === undefined) await replaceFile(path, encodeHead(stamp))
    const count = contents?.records.length ?? 0
    const file = await open(path, 'r+')
    try {
      await file.truncate(endOf(count))
      await file.sync()
      return new GuardFile(path, stamp, file, count)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Records in the file, dropped ones included. */
  get count(): number {
    return this.#count
  }

  /** Appends records; durable when resolved. After an error nobody knows what is on disk. */
  async append(records: readonly GuardRecord[]): Promise<void> {
    const bytes = encodeRecords(records, this.#count + 1)
    for (let written = 0; written < bytes.length; ) {
      const at = endOf(this.#count) + written
      written += (await this.#file.write(bytes, written, bytes.length - written, at)).bytesWritten
    }
    await this.#file.datasync()
    this.#count += records.length
  }

  /** Replaces everything by these records; after a crash the old or the new are there. */
  async rewrite(records: readonly GuardRecord[]): Promise<void> {
    await replaceFile(this.#path, Buffer.concat([encodeHead(this.#stamp), encodeRecords(records, 1)]))
    await this.#file.close()
    this.#file = await open(this.#path, 'r+')
    this.#count = records.length
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

function endOf(count: number): number {
  return headBytes + count * recordBytes
}

/**
 * The records up to the first that cannot be read. What a crash tore is the last write, which nobody was told of; when a later
 * write begins behind the damage, that was durable once: `GUARD_DAMAGED`.
 */
function scan(bytes: Buffer, path: string): GuardRecord[] {
  const records: GuardRecord[] = []
  let isTorn = false
  for (let i = 0; endOf(i) < bytes.length; i++) {
    const record = decodeRecord(bytes.subarray(endOf(i), endOf(i + 1)))
    const isInPlace = record?.sequence === i + 1
    if (isInPlace && !isTorn) records.push(record)
    else if (isInPlace && record.beginsWrite) throw damaged(path, `record ${records.length + 1}`)
    else isTorn = true
  }
  return records
}
