import type { Done, LogIndex } from 'raft-core'
import type { LogBatch, LogDatabase } from './database.ts'
import { StoreError, reasonOf } from './errors.ts'
import { stateKey } from './log-keys.ts'
import { encodeStateRecord, type LogStateRecord } from './log-records.ts'

/** What one call adds to a batch. */
export interface PendingWrite {
  readonly sizeBytes: number
  /** The log through this index is the same before and after. */
  readonly keepsThrough: LogIndex
  /** As it is after this write. */
  readonly state: LogStateRecord
  addTo(batch: LogBatch): void
  readonly done: Done
}

export interface GroupCommitOptions {
  readonly database: LogDatabase
  /** A group that reached this many bytes goes without the next write; a larger write goes alone. */
  readonly batchBytes: number
  /** A group is durable, its callbacks come next. `unchanged`: the log through here differs in nothing from the disk. */
  written(unchanged: LogIndex): void
  /** End of the log after everything that was asked for. */
  lastIndex(): LogIndex
  /** Nothing is written any more. */
  failed(error: StoreError): void
}

/** Group commit: while one synced batch is on its way to the disk, the next writes gather. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  #gathered: PendingWrite[] = []
  #isWriting = false
  #failure: StoreError | undefined
  #whenIdle: (() => void)[] = []

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  ask(write: PendingWrite): void {
    this.#gathered.push(write)
    if (!this.#isWriting) this.#writeGroup()
  }

  /** Resolves once nothing is on its way; after a failure at once. */
  async idle(): Promise<void> {
    if (this.#isWriting) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  /** Ends with this error: every callback that waits gets it, in order. */
  fail(error: StoreError): void {
    this.#failure ??= error
    if (!this.#isWriting) this.#answerAll([])
  }

  #writeGroup(): void {
    const group = this.#gathered.splice(0, this.#groupLength())
    if (group.length === 0) return this.#rest()
    this.#isWriting = true
    writeBatch(this.#options.database, group).then(
      () => this.#finish(group),
      (cause: unknown) => {
        const reason = `writing the log failed: ${reasonOf(cause)}`
        const error = new StoreError('WRITE_FAILED', `${reason}; look at the disk, then start again`, { cause })
        this.#failure ??= error
        this.#options.failed(this.#failure)
        this.#answerAll(group)
      },
    )
  }

  #groupLength(): number {
    let bytes = 0
    const end = this.#gathered.findIndex((write, i) => {
      bytes += write.sizeBytes
      return i > 0 && bytes > this.#options.batchBytes
    })
    return end < 0 ? this.#gathered.length : end
  }

  #finish(group: readonly PendingWrite[]): void {
    const unchanged = this.#gathered.reduce(
      (least, write) => Math.min(least, write.keepsThrough),
      this.#options.lastIndex(),
    )
    this.#options.written(unchanged)
    for (const { done } of group) done()
    if (this.#failure) this.#answerAll([])
    else this.#writeGroup()
  }

  #answerAll(group: readonly PendingWrite[]): void {
    for (const { done } of [...group, ...this.#gathered.splice(0)]) done(this.#failure)
    this.#rest()
  }

  #rest(): void {
    this.#isWriting = false
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}

/** The chained form: the array form costs the event loop ten times as much. */
async function writeBatch(database: LogDatabase, group: readonly PendingWrite[]): Promise<void> {
  const batch = database.batch()
  for (const write of group) write.addTo(batch)
  batch.put(stateKey, encodeStateRecord(group.at(-1)!.state))
  await batch.write({ sync: true })
}
