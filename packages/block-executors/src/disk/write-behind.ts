import { ExecutorError, reasonOf } from '../errors.ts'
import type { Database } from './open-database.ts'

/** What becomes of a key; without a value it is removed. */
export interface Change {
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
}

/**
 * Makes changes durable after their caller went on: in their order, whatever gathered with one fsync.
 *
 * Every batch is fsynced although nobody waits for it: LevelDB drops what was not when it changes its log file, and a batch
 * lost between two that stay would be half a history. A failed batch is final.
 */
export class WriteBehind {
  readonly #database: Database
  readonly #limitBytes: number
  #gathered: Change[] = []
  #afterwards: (() => void)[] = []
  #bytes = 0
  #writing: Promise<void> | undefined
  #failure: ExecutorError | undefined

  /** `limitBytes` may wait; beyond it {@link room} waits. */
  constructor(database: Database, limitBytes: number) {
    this.#database = database
    this.#limitBytes = limitBytes
  }

  /** Why nothing is written any more. */
  get failure(): ExecutorError | undefined {
    return this.#failure
  }

  /** Changes that become durable together, after all before them; then calls `afterwards`. */
  add(changes: readonly Change[], afterwards: () => void): void {
    for (const change of changes) {
      this.#gathered.push(change)
      this.#bytes += change.key.length + (change.value?.length ?? 0)
    }
    this.#afterwards.push(afterwards)
    this.#writing ??= this.#writeAll()
  }

  /** Resolves when there is room for more. Rejects after a failure. */
  async room(): Promise<void> {
    while (this.#bytes > this.#limitBytes && this.#writing) await this.#writing
    if (this.#failure) throw this.#failure
  }

  /** Resolves when everything added so far is durable. Rejects after a failure. */
  async drained(): Promise<void> {
    while (this.#writing) await this.#writing
    if (this.#failure) throw this.#failure
  }

  /** Never rejects: the failure is kept for whoever asks next. */
  async #writeAll(): Promise<void> {
    // What is added in the same turn goes into the same batch.
    await Promise.resolve()
    while (this.#gathered.length > 0 && !this.#failure) await this.#writeGathered()
    this.#writing = undefined
  }

  async #writeGathered(): Promise<void> {
    const changes = this.#gathered
    const afterwards = this.#afterwards
    const bytes = this.#bytes
    this.#gathered = []
    this.#afterwards = []
    try {
      const batch = this.#database.batch()
      for (const { key, value } of changes) {
        if (value) batch.put(key, value)
        else batch.del(key)
      }
      await batch.write({ sync: true })
      this.#bytes -= bytes
      for (const call of afterwards) call()
    } catch (cause) {
      this.#failure = new ExecutorError(
        'EXECUTOR_FAILED',
        `writing the state failed: ${reasonOf(cause)}; look at the disk, then start the node again`,
        { cause },
      )
    }
  }
}
