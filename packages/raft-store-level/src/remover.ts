import type { Done, LogIndex } from 'raft-core'
import type { LogDatabase } from './database.ts'
import { reasonOf, StoreError } from './errors.ts'
import { entryKey, runKey } from './log-keys.ts'

/**
 * Removes entries that precede the log from the database, beside the writes and one range at a time. What a crash leaves of it
 * is removed after the next start, for no index is ever used again once the log begins behind it.
 */
export class Remover {
  readonly #database: LogDatabase
  readonly #reclaimBytes: number
  readonly #failed: (error: StoreError) => void
  #removedThrough: LogIndex = 0
  #target: LogIndex = 0
  #waiting: Done[] = []
  #running: Promise<void> | undefined

  /** LevelDB keeps what was removed until it happens to rewrite the files; from `reclaimBytes` on it is told to. */
  constructor(database: LogDatabase, reclaimBytes: number, failed: (error: StoreError) => void) {
    this.#database = database
    this.#reclaimBytes = reclaimBytes
    this.#failed = failed
  }

  removeThrough(index: LogIndex, done: Done): void {
    this.#target = Math.max(this.#target, index)
    this.#waiting.push(done)
    this.#running ??= this.#run()
  }

  /** Resolves once nothing is being removed. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting.splice(0)
      const error = await this.#remove(this.#target)
      if (error) this.#failed(error)
      for (const done of waiting) done(error)
    }
    this.#running = undefined
  }

  async #remove(through: LogIndex): Promise<StoreError | undefined> {
    const from = this.#removedThrough + 1
    try {
      // From where the last removal ended, so that no tombstone is walked over twice.
      await this.#database.clear({ gte: entryKey(from), lte: entryKey(through) })
      await this.#database.clear({ gte: runKey(from), lte: runKey(through) })
      this.#removedThrough = through
      await this.#reclaim(through)
      return undefined
    } catch (cause) {
      const reason = `removing entries through ${through} failed: ${reasonOf(cause)}`
      return new StoreError('WRITE_FAILED', `${reason}; look at the disk, then start again`, { cause })
    }
  }
  /** Runs in the background as LevelDB's own compactions do. */
  async #reclaim(through: LogIndex): Promise<void> {
    const [start, end] = [entryKey(0), entryKey(through)]
    if ((await this.#database.approximateSize(start, end)) >= this.#reclaimBytes)
      await this.#database.compactRange(start, end)
  }
}
