import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import {
  encodeSnapshotMetadata,
  type Logger,
  silentLogger,
  type SnapshotMetadata,
  type SnapshotSink,
  type SnapshotSource,
  type SnapshotStore,
  type StoredSnapshot,
} from 'raft-core'
import { prepareDirectory, syncDirectory } from './durable-file.ts'
import { StoreError } from './errors.ts'
import { report, reportResult } from './report.ts'
import { encodeHeader, encodeTrailer, readLayout, type SnapshotLayout, verifyBody } from './snapshot-layout.ts'

export interface FileSnapshotStoreOptions {
  /** Directory of the snapshots alone; made if it is not there. */
  readonly directory: string
  /** Complete snapshots to keep. Default 3. */
  readonly retain?: number
  readonly logger?: Logger
}

const suffix = '.snapshot'
const unfinished = '.unfinished'

/** A `SnapshotStore` of one file a snapshot: written aside, checksummed, fsynced, renamed into place. */
export function fileSnapshotStore({
  directory,
  retain = 3,
  logger = silentLogger,
}: FileSnapshotStoreOptions): SnapshotStore {
  const store = new FileSnapshots(directory, retain, logger)
  return {
    list: (done) => reportResult(store.list(), done),
    create: (metadata, done) => reportResult(store.create(metadata), done),
    open: (snapshot, done) => reportResult(store.open(snapshot), done),
  }
}

class FileSnapshots {
  readonly #directory: string
  readonly #retain: number
  readonly #logger: Logger
  #isPrepared = false

  constructor(directory: string, retain: number, logger: Logger) {
    this.#directory = directory
    this.#retain = retain
    this.#logger = logger
  }

  async list(): Promise<readonly StoredSnapshot[]> {
    await this.#prepare()
    const stored: StoredSnapshot[] = []
    for (const name of await this.#names()) {
      const layout = await this.#layout(name)
      if (layout) stored.push({ metadata: layout.metadata, sizeBytes: layout.bodyBytes })
    }
    return stored.sort((a, b) => b.metadata.index - a.metadata.index || b.metadata.term - a.metadata.term)
  }

  async create(metadata: SnapshotMetadata): Promise<SnapshotSink> {
    await this.#prepare()
    const path = this.#path(metadata)
    const file = await open(`${path}${unfinished}`, 'w', 0o600)
    const header = encodeHeader(encodeSnapshotMetadata(metadata))
    await file.write(header)
    let size = 0
    let checksum = 0
    const commit = async (): Promise<void> => {
      await file.write(encodeTrailer(size, checksum))
      await file.sync()
      await file.close()
      await rename(`${path}${unfinished}`, path)
      await this.#removeOld()
      await syncDirectory(this.#directory)
    }
    const abort = async (): Promise<void> => {
      await file.close()
      await rm(`${path}${unfinished}`, { force: true })
    }
    const write = async (bytes: Uint8Array): Promise<void> => {
      for (let written = 0; written < bytes.length; ) {
        written += (await file.write(bytes, written, bytes.length - written)).bytesWritten
      }
      size += bytes.length
      checksum = crc32(bytes, checksum)
    }
    return {
      write: (bytes, done) => report(write(bytes), done),
      commit: (done) => report(commit(), done),
      abort: (done) => report(abort(), done),
    }
  }

  async open({ metadata }: StoredSnapshot): Promise<SnapshotSource> {
    const path = this.#path(metadata)
    const file = await openExisting(path)
    try {
      const layout = await readLayout(file, path)
      await verifyBody(file, layout, path)
      return sourceOf(file, layout)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) return
    await prepareDirectory(this.#directory)
    for (const name of await readdir(this.#directory)) {
      if (name.endsWith(unfinished)) await rm(join(this.#directory, name))
    }
    this.#isPrepared = true
  }

  async #names(): Promise<string[]> {
    return (await readdir(this.#directory)).filter((name) => name.endsWith(suffix))
  }

  /** A file that is not a whole snapshot is not listed, but stays for a person to look at. */
  async #layout(name: string): Promise<SnapshotLayout | undefined> {
    const path = join(this.#directory, name)
    const file = await openExisting(path)
    try {
      return await readLayout(file, path)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#logger.warn({ path, reason: error.message }, 'a snapshot cannot be used')
      return undefined
    } finally {
      await file.close()
    }
  }

  async #removeOld(): Promise<void> {
    for (const { metadata } of (await this.list()).slice(this.#retain)) await rm(this.#path(metadata), { force: true })
  }

  #path({ index, term }: SnapshotMetadata): string {
    return join(this.#directory, `${String(index).padStart(16, '0')}-${term}${suffix}`)
  }
}

function sourceOf(file: FileHandle, layout: SnapshotLayout): SnapshotSource {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const wanted = Math.max(0, Math.min(length, layout.bodyBytes - offset))
    const bytes = Buffer.alloc(wanted)
    const { bytesRead } = await file.read(bytes, 0, wanted, layout.bodyAt + offset)
    if (bytesRead < wanted) throw new StoreError('READ_FAILED', 'a snapshot became shorter while it was read')
    return bytes
  }
  return {
    metadata: layout.metadata,
    sizeBytes: layout.bodyBytes,
    read: (offset, length, done) => reportResult(read(offset, length), done),
    close: (done) => report(file.close(), done),
  }
}

async function openExisting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    throw new StoreError('SNAPSHOT_GONE', `${path} cannot be opened; retention may have removed it`, { cause })
  }
}
