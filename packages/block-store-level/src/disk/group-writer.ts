import { BlockStoreError, reasonOf } from '../errors.ts'
import type { Database } from './open-database.ts'
import { type Change, Staging } from './staging.ts'

export interface GroupWriterOptions<State> {
  readonly database: Database
  /** For messages: "the block store". */
  readonly name: string
  /** What is durable now. */
  readonly state: State
  /** Where the state is kept; it goes into every batch. */
  readonly stateRow: (state: State) => Change
  /** Bytes that may wait; beyond them calls are refused with `FULL`. */
  readonly queueLimitBytes: number
}

/** Bytes after which a group is written though more is waiting: one batch is held in memory twice. */
const groupBytes = 16 * 1024 * 1024

interface Waiting<State> {
  readonly bytes: number
  /** Runs in a group of its own, and may write several batches. */
  readonly isAlone: boolean
  readonly prepare: (staging: Staging<State>, commit: () => Promise<void>) => Promise<unknown>
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  isAbandoned: boolean
}

/**
 * Runs operations one after the other in the order of the calls, and makes what gathered meanwhile durable with one fsync.
 *
 * Each operation sees what those before it staged, changes all or nothing, and its promise settles only after the batch with it
 * is on disk. Every batch is fsynced: LevelDB drops what was not when it changes its log file, also in the middle. A failed
 * batch is final, and so is an operation that meets damage (`STORAGE_FAILED`): all others are rejected with that error.
 */
export class GroupWriter<State> {
  readonly #options: GroupWriterOptions<State>
  #durable: State
  #waiting: Waiting<State>[] = []
  #waitingBytes = 0
  #isWriting = false
  #isClosing = false
  #failure: BlockStoreError | undefined
  #whenIdle: (() => void)[] = []

  constructor(options: GroupWriterOptions<State>) {
    this.#options = options
    this.#durable = options.state
  }

  /** As of the last batch on disk. */
  get state(): State {
    return this.#durable
  }

  get name(): string {
    return this.#options.name
  }

  /** True from the call of `close` on. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /** Why nothing is written any more. */
  get failure(): BlockStoreError | undefined {
    return this.#failure
  }

  /**
   * `bytes` is about what the operation holds in memory; with 0 it is never `FULL`. Aborting stops the waiting, and the
   * operation unless it has begun.
   */
  run<Result>(
    bytes: number,
    prepare: (staging: Staging<State>) => Result | Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    return this.#ask(bytes, false, async (staging) => prepare(staging), signal)
  }

  /** As `run`, with no other operation beside it: `commit` makes durable what is staged so far, so that work can go in pieces. */
  runAlone(
    prepare: (staging: Staging<State>, commit: () => Promise<void>) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#ask(0, true, prepare, signal)
  }

  /** Refuses everything from now on, because work beside the writes failed. */
  fail(cause: unknown): void {
    this.#fail(cause, this.#waiting.splice(0))
  }

  /** Finishes what was asked for; later calls are refused with `CLOSED`. */
  async close(): Promise<void> {
    const closed = new BlockStoreError('CLOSED', `${this.#options.name} is closed`)
    this.#isClosing = true
    if (this.#isWriting) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    this.#failure ??= closed
  }

  #ask<Result>(
    bytes: number,
    isAlone: boolean,
    prepare: (staging: Staging<State>, commit: () => Promise<void>) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const refusal = this.#refusal(bytes)
      if (signal?.aborted) return reject(signal.reason as Error)
      if (refusal) return reject(refusal)
      const stop = (): void => {
        waiting.isAbandoned = true
        reject(signal?.reason as Error)
      }
      const waiting: Waiting<State> = {
        bytes,
        isAlone,
        prepare,
        resolve: (result) => {
          signal?.removeEventListener('abort', stop)
          resolve(result as Result)
        },
        reject: (error) => {
          signal?.removeEventListener('abort', stop)
          reject(error)
        },
        isAbandoned: false,
      }
      signal?.addEventListener('abort', stop, { once: true })
      this.#waiting.push(waiting)
      this.#waitingBytes += bytes
      if (!this.#isWriting) void this.#writeAll()
    })
  }

  #refusal(bytes: number): BlockStoreError | undefined {
    if (this.#failure) return this.#failure
    if (this.#isClosing) return new BlockStoreError('CLOSED', `${this.#options.name} is closing`)
    if (bytes === 0 || this.#waitingBytes === 0 || this.#waitingBytes + bytes <= this.#options.queueLimitBytes)
      return undefined
    return new BlockStoreError(
      'FULL',
      `${this.#waitingBytes} bytes wait to be written to ${this.#options.name}; try again when the disk caught up`,
    )
  }

  /** Never rejects: each operation hears of its own end. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true
    // Whoever calls in the same turn goes into the first group as well.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup()
      try {
        await this.#write(group)
      } catch (cause) {
        this.#fail(cause, [...group, ...this.#waiting.splice(0)])
      }
      for (const { bytes } of group) this.#waitingBytes -= bytes
    }
    this.#isWriting = false
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #nextGroup(): Waiting<State>[] {
    let bytes = 0
    let count = 0
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes
      if (count > 0 && (waiting.isAlone || this.#waiting[0]!.isAlone || bytes > groupBytes)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #write(group: readonly Waiting<State>[]): Promise<void> {
    const changes = new Map<string, Change>()
    const done: (() => void)[] = []
    let state = this.#durable
    for (const waiting of group) {
      if (waiting.isAbandoned) continue
      const staging = new Staging(this.#options.database, state, changes)
      const commit = async (): Promise<void> => {
        await this.#commit(staging.changes, staging.state)
        state = staging.state
        staging.settle()
      }
      try {
        const result = await waiting.prepare(staging, commit)
        done.push(() => waiting.resolve(result))
      } catch (error) {
        if (!isRefusal(error)) throw error
        done.push(() => waiting.reject(error))
        continue
      }
      state = staging.state
      for (const [name, change] of staging.changes) changes.set(name, change)
    }
    if (changes.size > 0 || state !== this.#durable) await this.#commit(changes, state)
    for (const settle of done) settle()
  }

  async #commit(changes: ReadonlyMap<string, Change>, state: State): Promise<void> {
    const batch = this.#options.database.batch()
    for (const { key, value } of [...changes.values(), this.#options.stateRow(state)]) {
      if (value) batch.put(key, value)
      else batch.del(key)
    }
    await batch.write({ sync: true })
    this.#durable = state
  }

  #fail(cause: unknown, group: readonly Waiting<State>[]): void {
    const isDamage = cause instanceof BlockStoreError && cause.code === 'STORAGE_FAILED'
    this.#failure = isDamage
      ? cause
      : new BlockStoreError(
          'STORAGE_FAILED',
          `writing ${this.#options.name} failed: ${reasonOf(cause)}; look at the disk, then start the node again`,
          { cause },
        )
    for (const waiting of group) waiting.reject(this.#failure)
  }
}

/** Operations refuse with the codes of the ports; what else they throw is no refusal but a failure. */
function isRefusal(error: unknown): error is BlockStoreError {
  return error instanceof BlockStoreError && error.code !== 'STORAGE_FAILED'
}
