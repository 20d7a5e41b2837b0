import {
  type Done,
  type Entry,
  type HardState,
  type LogIndex,
  type LogPosition,
  type LogWrite,
  sizeBytes,
} from 'raft-core'
import type { LogBatch, LogDatabase } from './database.ts'
import type { StoreError } from './errors.ts'
import { GroupCommit } from './group-commit.ts'
import { entryKey, runKey } from './log-keys.ts'
import { readEntries } from './log-reader.ts'
import { encodeRunRecord, type LogStateRecord } from './log-records.ts'
import { LogShape, type ShapeChange } from './log-shape.ts'
import type { RecentEntries } from './recent-entries.ts'
import { Remover } from './remover.ts'
import type { ScannedLog } from './scan-log.ts'

/** What a write costs beside its entries, roughly: keys, term and vote, what is remembered of peers. */
const writeOverheadBytes = 512

export interface OpenedLogStoreOptions {
  readonly database: LogDatabase
  readonly scanned: ScannedLog
  /** The newest entries of `scanned`, as far as they fit. */
  readonly recent: RecentEntries
  readonly batchBytes: number
  readonly reclaimBytes: number
}

/** A log store while it is open. A call that does not fit the log throws `OUT_OF_ORDER` and changes nothing. */
export class OpenedLogStore {
  readonly #database: LogDatabase
  readonly #shape: LogShape
  readonly #recent: RecentEntries
  readonly #commits: GroupCommit
  readonly #remover: Remover
  readonly #reads = new Set<Promise<unknown>>()
  #hardState: HardState
  /** Once set, nothing is written any more. */
  failure: StoreError | undefined

  constructor({ database, scanned, recent, batchBytes, reclaimBytes }: OpenedLogStoreOptions) {
    this.#database = database
    this.#shape = new LogShape(scanned)
    this.#recent = recent
    this.#hardState = scanned.hardState
    const failed = (error: StoreError): void => {
      this.failure ??= error
    }
    this.#commits = new GroupCommit({
      database,
      batchBytes,
      lastIndex: () => this.#shape.lastIndex,
      written: (unchanged) => recent.shrink(unchanged),
      failed,
    })
    this.#remover = new Remover(database, reclaimBytes, (error) => {
      failed(error)
      this.#commits.fail(error)
    })
    if (scanned.base.index > 0) this.#remover.removeThrough(scanned.base.index, () => {})
  }

  append(write: LogWrite, done: Done): void {
    const change = this.#shape.append(write)
    const { entries, hardState } = write
    this.#recent.truncateFrom(change.keepsThrough + 1)
    this.#recent.append(entries)
    this.#hardState = hardState ?? this.#hardState
    const changesEntries = write.truncateFrom !== undefined || entries.length > 0
    this.#commits.ask({
      sizeBytes: sizeBytes(entries) + writeOverheadBytes,
      keepsThrough: change.keepsThrough,
      state: this.#state(),
      done,
      addTo: (batch) => {
        if (changesEntries) replaceEntries(batch, change, entries)
      },
    })
  }

  compact(position: LogPosition, done: Done): void {
    this.#shape.compact(position)
    this.#recent.dropThrough(position.index)
    this.#commits.ask({
      sizeBytes: writeOverheadBytes,
      keepsThrough: Number.MAX_SAFE_INTEGER,
      state: this.#state(),
      addTo: () => {},
      done: (error) => (error ? done(error) : this.#remover.removeThrough(this.#shape.base.index, done)),
    })
  }

  reset(position: LogPosition, done: Done): void {
    const change = this.#shape.reset(position)
    this.#recent.clear()
    this.#commits.ask({
      sizeBytes: writeOverheadBytes,
      keepsThrough: change.keepsThrough,
      state: this.#state(),
      addTo: (batch) => replaceEntries(batch, change, []),
      done: (error) => {
        if (!error) this.#remover.removeThrough(position.index, () => {})
        done(error)
      },
    })
  }

  /** At the time of the call; what is asked for later does not change the answer. */
  async read(from: LogIndex, wantedEnd: LogIndex, limitBytes: number): Promise<readonly Entry[]> {
    const end = Math.min(wantedEnd, this.#shape.lastIndex + 1)
    if (from >= end || from <= this.#shape.base.index) return []
    const first = Math.min(this.#recent.first ?? end, end)
    const recent = this.#recent.slice(Math.max(first, from), end, limitBytes)
    if (from >= first) return recent
    const reading = readEntries(this.#database, from, first, limitBytes)
    this.#reads.add(reading)
    const stored = await reading.finally(() => this.#reads.delete(reading))
    if (stored.length < first - from) return stored
    let bytes = sizeBytes(stored)
    const stop = recent.findIndex(({ record }) => (bytes += record.length) > limitBytes)
    return stored.concat(stop < 0 ? recent : recent.slice(0, stop))
  }

  #state(): LogStateRecord {
    return { base: this.#shape.base, last: this.#shape.last, hardState: this.#hardState }
  }

  /** Finishes what was asked for, and closes the database. */
  async close(): Promise<void> {
    await this.#commits.idle()
    await this.#remover.idle()
    await Promise.allSettled(this.#reads)
    await this.#database.close()
  }
}

/** Everything behind what is kept goes, unless a new entry takes its place. */
function replaceEntries(batch: LogBatch, change: ShapeChange, entries: readonly Entry[]): void {
  const { keepsThrough, storedThrough, runs } = change
  const end = keepsThrough + entries.length
  for (let index = keepsThrough + 1; index <= storedThrough; index++) {
    if (index > end) batch.del(entryKey(index))
    batch.del(runKey(index))
  }
  for (const { index, record } of entries) batch.put(entryKey(index), record)
  for (const [index, run] of runs) batch.put(runKey(index), encodeRunRecord(run))
}
