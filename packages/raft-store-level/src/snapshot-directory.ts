import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger, SnapshotMetadata, StoredSnapshot } from 'raft-core'
import { isMissing, prepareDirectory } from './durable-file.ts'
import { reasonOf, StoreError } from './errors.ts'
import { readBody, verifyBody } from './snapshot-body.ts'
import { readLayout, type SnapshotLayout } from './snapshot-layout.ts'
import { SnapshotWriter } from './snapshot-writer.ts'

export interface SnapshotDirectoryOptions {
  readonly directory: string
  readonly retain: number
  readonly maxSnapshotBytes: number
  readonly logger: Logger
}

/** A snapshot while it is open: the file stays readable until closed, also when retention removes its name. */
export interface OpenSnapshot {
  readonly layout: SnapshotLayout
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

const suffix = '.snapshot'
const unfinished = '.unfinished'

/** The snapshot files of one directory. */
export class SnapshotDirectory {
  readonly #options: SnapshotDirectoryOptions
  #prepared: Promise<void> | undefined
  #created = 0
  /** Files of which every byte was read and found good, or written, since the start. */
  readonly #verified = new Set<string>()

  constructor(options: SnapshotDirectoryOptions) {
    this.#options = options
  }

  /** Newest first; the newest one of which the whole body is good comes first. */
  async list(): Promise<readonly StoredSnapshot[]> {
    await this.#prepare()
    const whole = await this.#wholeOnes()
    const firstGood = await this.#firstGood(whole)
    return whole.slice(firstGood).map(({ metadata, bodyBytes }) => ({ metadata, sizeBytes: bodyBytes }))
  }

  async create(metadata: SnapshotMetadata): Promise<SnapshotWriter> {
    await this.#prepare()
    const path = this.#path(metadata)
    this.#created += 1
    const { maxSnapshotBytes } = this.#options
    return SnapshotWriter.begin(metadata, path, `${path}.${this.#created}${unfinished}`, maxSnapshotBytes)
  }

  async open(metadata: SnapshotMetadata): Promise<OpenSnapshot> {
    const path = this.#path(metadata)
    const file = await openExisting(path)
    try {
      const layout = await readLayout(file, path)
      if (!this.#verified.has(path)) await verifyBody(file, layout, path)
      this.#verified.add(path)
      return {
        layout,
        read: (offset, length) => readBody(file, layout, offset, length, path),
        close: () => file.close(),
      }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Of those that are whole, keeps the newest `retain`. */
  async removeOld(): Promise<void> {
    for (const { metadata } of (await this.#wholeOnes()).slice(this.#options.retain)) {
      const path = this.#path(metadata)
      this.#verified.delete(path)
      // The new snapshot is durable all the same, so this is for a person to see and not a failure of the commit.
      await rm(path, { force: true }).catch((error: unknown) =>
        this.#options.logger.warn({ path, error }, 'an old snapshot cannot be removed'),
      )
    }
  }

  #prepare(): Promise<void> {
    this.#prepared ??= this.#removeUnfinished().catch((error: unknown) => {
      this.#prepared = undefined
      throw error
    })
    return this.#prepared
  }

  async #removeUnfinished(): Promise<void> {
    const { directory } = this.#options
    await prepareDirectory(directory)
    for (const name of await namesIn(directory, unfinished)) await rm(join(directory, name))
  }

  /** Those that are complete as far as all but their bodies tell, newest first. */
  async #wholeOnes(): Promise<SnapshotLayout[]> {
    const { directory } = this.#options
    const names = await namesIn(directory, suffix)
    const layouts = await Promise.all(names.map((name) => this.#using(join(directory, name), readLayout)))
    const whole = layouts.filter((layout) => layout !== undefined)
    return whole.sort((a, b) => b.metadata.index - a.metadata.index || b.metadata.term - a.metadata.term)
  }

  async #firstGood(layouts: readonly SnapshotLayout[]): Promise<number> {
    for (const [i, layout] of layouts.entries()) {
      const path = this.#path(layout.metadata)
      if (this.#verified.has(path)) return i
      const isGood = await this.#using(path, (file) => verifyBody(file, layout, path).then(() => true))
      if (isGood) {
        this.#verified.add(path)
        return i
      }
    }
    return layouts.length
  }

  /** Undefined for a file that cannot be used: it is passed over, but stays for a person to look at. */
  async #using<Result>(
    path: string,
    use: (file: FileHandle, path: string) => Promise<Result>,
  ): Promise<Result | undefined> {
    let file: FileHandle | undefined
    try {
      file = await openExisting(path)
      return await use(file, path)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // Retention removed it since the names were read.
      if (error.code !== 'SNAPSHOT_GONE') this.#options.logger.warn({ path, error }, 'a snapshot cannot be used')
      return undefined
    } finally {
      await file?.close()
    }
  }

  #path({ index, term }: SnapshotMetadata): string {
    return join(this.#options.directory, `${String(index).padStart(16, '0')}-${term}${suffix}`)
  }
}

async function namesIn(directory: string, ending: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith(ending))
  } catch (cause) {
    throw new StoreError('READ_FAILED', `${directory} cannot be read: ${reasonOf(cause)}`, { cause })
  }
}

async function openExisting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    if (isMissing(cause)) throw new StoreError('SNAPSHOT_GONE', `${path} is gone; retention removed it`, { cause })
    throw new StoreError('READ_FAILED', `${path} cannot be opened: ${reasonOf(cause)}`, { cause })
  }
}
