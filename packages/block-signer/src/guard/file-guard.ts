import { type Anchor, type CommittedHeader, type DoubleSignGuard, type Hash, type Height, isCommitted } from 'block-fsm'
import { DoubleSignError, reasonOf, SignerError } from '../errors.ts'
import type { DirectoryLock } from './directory-lock.ts'
import type { EvidenceFile } from './evidence-file.ts'
import type { GuardFile } from './guard-file.ts'
import { type GuardMemory, GuardStaging, type Place } from './guard-memory.ts'
import { recordBytes } from './guard-record.ts'

export interface FileGuardParts {
  readonly file: GuardFile
  readonly memory: GuardMemory
  readonly evidence: EvidenceFile
  readonly lock: DirectoryLock
  readonly limitBytes: number
}

/** Rewriting the file pays off once it has twice this many records and half of them are dropped. */
const rewriteRecords = 4096

interface Waiting {
  readonly stage: (staging: GuardStaging) => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  isAbandoned: boolean
}

/** A guard on its file. Calls that arrive while a write is on its way are made durable with one fsync. */
export class FileGuard implements DoubleSignGuard {
  readonly #parts: FileGuardParts
  #waiting: Waiting[] = []
  #working: Promise<void> | undefined
  #failure: SignerError | undefined
  #isClosing = false

  constructor(parts: FileGuardParts) {
    this.#parts = parts
  }

  mark(): Place | undefined {
    return this.#parts.memory.mark
  }

  recorded(height: Height): Hash | undefined {
    return this.#parts.memory.recorded(height)
  }

  record(headers: readonly CommittedHeader[], signal?: AbortSignal): Promise<void> {
    return this.#ask((staging) => {
      headers.forEach(requireCommitted)
      staging.record('block', headers)
    }, signal)
  }

  recordAnchor(anchor: Anchor, signal?: AbortSignal): Promise<void> {
    return this.#ask((staging) => staging.record('anchor', [anchor]), signal)
  }

  recordBelow(header: CommittedHeader, child: CommittedHeader, signal?: AbortSignal): Promise<void> {
    return this.#ask((staging) => {
      requireCommitted(header)
      requireCommitted(child)
      const { height, hash } = child
      staging.recordBelow(header, { height, hash, parentHash: child.header.lastHeaderHash })
    }, signal)
  }

  forgetBelow(height: Height, signal?: AbortSignal): Promise<void> {
    return this.#ask((staging) => staging.forgetBelow(height), signal)
  }

  async close(): Promise<void> {
    if (this.#isClosing) return this.#working
    this.#isClosing = true
    await this.#working
    await this.#parts.file.close()
    await this.#parts.lock.release()
  }

  #ask(stage: (staging: GuardStaging) => void, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const refusal = this.#refusal()
      if (refusal) return reject(refusal)
      const stop = (): void => {
        waiting.isAbandoned = true
        reject(signal?.reason as Error)
      }
      const settled = (): void => signal?.removeEventListener('abort', stop)
      const waiting: Waiting = {
        stage,
        resolve: () => {
          settled()
          resolve()
        },
        reject: (error) => {
          settled()
          reject(error)
        },
        isAbandoned: false,
      }
      signal?.addEventListener('abort', stop, { once: true })
      this.#waiting.push(waiting)
      this.#working ??= this.#work()
    })
  }

  #refusal(): SignerError | undefined {
    if (this.#failure) return this.#failure
    return this.#isClosing ? new SignerError('CLOSED', 'the double-sign guard is closed') : undefined
  }

  /** Never rejects: each call hears of its own end. */
  async #work(): Promise<void> {
    // Whoever calls in the same turn goes into the first write as well.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0)
      try {
        await this.#writeGroup(group)
      } catch (cause) {
        this.#failure ??= storageFailed(cause)
        for (const waiting of [...group, ...this.#waiting.splice(0)]) waiting.reject(this.#failure)
      }
    }
    this.#working = undefined
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const { file, memory } = this.#parts
    const staging = new GuardStaging(memory)
    const done: (() => void)[] = []
    let halt: DoubleSignError | undefined
    for (const waiting of group) {
      if (waiting.isAbandoned) continue
      if (halt) {
        done.push(() => waiting.reject(halt))
        continue
      }
      try {
        waiting.stage(staging)
        done.push(waiting.resolve)
      } catch (error) {
        if (error instanceof DoubleSignError) halt = error
        done.push(() => waiting.reject(error))
      }
    }
    if (staging.records.length > 0) {
      await file.append(staging.records)
      memory.take(staging.records)
      await this.#keepSmall()
    }
    if (halt) await this.#halt(halt)
    for (const settle of done) settle()
  }

  /** A second hash for a height ends all signing, and leaves evidence beside the records. */
  async #halt(halt: DoubleSignError): Promise<void> {
    this.#failure = halt
    await this.#parts.evidence.add(halt.evidence)
    for (const waiting of this.#waiting.splice(0)) waiting.reject(halt)
  }

  async #keepSmall(): Promise<void> {
    const { file, memory, limitBytes } = this.#parts
    if (memory.size * recordBytes > limitBytes) {
      const mark = memory.mark?.height ?? 0
      const heights = memory.records().map(({ height }) => height)
      const floor = Math.min(mark, heights[Math.ceil(heights.length / 4)] ?? mark)
      const record = { kind: 'floor', height: floor, hash: new Uint8Array(32) } as const
      await file.append([record])
      memory.take([record])
    }
    if (file.count > 2 * memory.size + rewriteRecords) await file.rewrite(memory.records())
  }
}

function requireCommitted(header: CommittedHeader): void {
  if (isCommitted(header)) return
  throw new SignerError('NOT_COMMITTED', 'only a committed header is recorded; this value is none')
}

function storageFailed(cause: unknown): SignerError {
  return new SignerError(
    'STORAGE_FAILED',
    `writing the double-sign guard failed: ${reasonOf(cause)}; look at the disk, then start the node again`,
    { cause },
  )
}
