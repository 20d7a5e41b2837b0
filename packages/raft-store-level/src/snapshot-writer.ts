import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeSnapshotMetadata, type SnapshotMetadata } from 'raft-core'
import { syncDirectory, writeFully } from './durable-file.ts'
import { reasonOf, StoreError } from './errors.ts'
import { chunkBytes, encodeHeader, encodeTrailer } from './snapshot-layout.ts'

/** Writes one snapshot aside, and into its place once it is durable. After an error nothing but `abort` helps. */
export class SnapshotWriter {
  readonly #path: string
  readonly #temporary: string
  readonly #limitBytes: number
  readonly #file: FileHandle
  readonly #checksums: number[] = []
  #bodyBytes = 0
  #failure: StoreError | undefined
  #isEnded = false

  private constructor(path: string, temporary: string, limitBytes: number, file: FileHandle) {
    this.#path = path
    this.#temporary = temporary
    this.#limitBytes = limitBytes
    this.#file = file
  }

  static async begin(
    metadata: SnapshotMetadata,
    path: string,
    temporary: string,
    limitBytes: number,
  ): Promise<SnapshotWriter> {
    try {
      const writer = new SnapshotWriter(path, temporary, limitBytes, await open(temporary, 'wx', 0o600))
      await writer.#attempt(() => writeFully(writer.#file, encodeHeader(encodeSnapshotMetadata(metadata))))
      return writer
    } catch (cause) {
      throw cause instanceof StoreError ? cause : writingFailed(path, cause)
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#attempt(async () => {
      if (this.#bodyBytes + bytes.length > this.#limitBytes) {
        throw new StoreError('TOO_LARGE', `a snapshot of more than ${this.#limitBytes} bytes; raise maxSnapshotBytes`)
      }
      await writeFully(this.#file, bytes)
      this.#addToChecksums(bytes)
    })
  }

  /** Durable, and in its place, when resolved. */
  async commit(): Promise<void> {
    await this.#attempt(async () => {
      await writeFully(this.#file, encodeTrailer(this.#bodyBytes, this.#checksums))
      await this.#file.sync()
      this.#isEnded = true
      await this.#file.close()
      await rename(this.#temporary, this.#path)
      await syncDirectory(dirname(this.#path))
    })
  }

  async abort(): Promise<void> {
    if (!this.#isEnded) await this.#file.close()
    this.#isEnded = true
    await rm(this.#temporary, { force: true })
  }

  #addToChecksums(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const filled = this.#bodyBytes % chunkBytes
      const part = bytes.subarray(at, at + chunkBytes - filled)
      const before = filled === 0 ? 0 : this.#checksums.pop()
      this.#checksums.push(crc32(part, before))
      this.#bodyBytes += part.length
      at += part.length
    }
  }

  /** The first failure is the answer to every later call; the file that it left is removed. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.#failure) throw this.#failure
    if (this.#isEnded) throw new StoreError('CLOSED', `${this.#path} was committed or aborted already`)
    try {
      await work()
    } catch (cause) {
      this.#failure = cause instanceof StoreError ? cause : writingFailed(this.#path, cause)
      await this.abort().catch((error: unknown) => {
        const causes = [this.#failure, error]
        throw new StoreError('WRITE_FAILED', `${this.#failure?.message}; nor can what is left of it be removed`, {
          cause: new AggregateError(causes),
        })
      })
      throw this.#failure
    }
  }
}

function writingFailed(path: string, cause: unknown): StoreError {
  return new StoreError('WRITE_FAILED', `writing ${path} failed: ${reasonOf(cause)}; look at the disk`, { cause })
}
