import { join } from 'node:path'
import {
  type Done,
  type DoneWith,
  type Entry,
  type Logger,
  type LogIndex,
  type LogPosition,
  type LogStore,
  type LogWrite,
  type OpenedLog,
  silentLogger,
} from 'raft-core'
import { openDatabase } from './database.ts'
import { prepareDirectory } from './durable-file.ts'
import { StoreError } from './errors.ts'
import { settleFormat } from './log-format.ts'
import { OpenedLogStore } from './opened-log-store.ts'
import { readOwner, signOwner } from './owner.ts'
import { RecentEntries } from './recent-entries.ts'
import { report, reportResult } from './report.ts'
import { scanLog } from './scan-log.ts'

export interface LevelLogStoreOptions {
  /** Directory of this store alone; made if it is not there. */
  readonly directory: string
  readonly logger?: Logger
  /** Recent entries kept in memory, beside those that are not durable yet. Default 16 MiB. */
  readonly cacheBytes?: number
  /** Writes that gathered go to the disk together up to this size; a larger one goes alone. Default 4 MiB. */
  readonly batchBytes?: number
  /** Compacted entries are given back to the disk once they take this much of it. Default 64 MiB. */
  readonly reclaimBytes?: number
  /** LevelDB's own write buffer, of which it holds up to two. Default 16 MiB. */
  readonly writeBufferBytes?: number
  /** For the owner file. Default: the system's clock. */
  readonly startedAt?: Date
}

const mebibyte = 1024 * 1024

/** A `LogStore` in one LevelDB database: every group of writes is one synced batch. */
export function levelLogStore(options: LevelLogStoreOptions): LogStore {
  return new LevelLogStore(options)
}

class LevelLogStore implements LogStore {
  readonly #options: LevelLogStoreOptions
  #store: OpenedLogStore | undefined

  constructor(options: LevelLogStoreOptions) {
    this.#options = options
  }

  open(done: DoneWith<OpenedLog>): void {
    reportResult(this.#open(), done)
  }

  append(write: LogWrite, done: Done): void {
    this.#write(done, (store) => store.append(write, done))
  }

  compact(position: LogPosition, done: Done): void {
    this.#write(done, (store) => store.compact(position, done))
  }

  reset(position: LogPosition, done: Done): void {
    this.#write(done, (store) => store.reset(position, done))
  }

  read(from: LogIndex, end: LogIndex, limitBytes: number, done: DoneWith<readonly Entry[]>): void {
    reportResult(this.#store ? this.#store.read(from, end, limitBytes) : Promise.reject(closed()), done)
  }

  close(done: Done): void {
    const store = this.#store
    this.#store = undefined
    report(store ? store.close() : Promise.resolve(), done)
  }

  async #open(): Promise<OpenedLog> {
    const { directory, logger = silentLogger, startedAt = new Date(), ...limits } = this.#options
    const {
      cacheBytes = 16 * mebibyte,
      batchBytes = 4 * mebibyte,
      writeBufferBytes = 16 * mebibyte,
      reclaimBytes = 64 * mebibyte,
    } = limits
    if (this.#store) throw new StoreError('DIRECTORY_LOCKED', `${directory} is open in this very store already`)
    await prepareDirectory(directory)
    const path = join(directory, 'db')
    const isNew = (await readOwner(directory)) === undefined
    const database = await openDatabase({ directory, path, isNew, writeBufferBytes, logger })
    try {
      await settleFormat(database, path, isNew)
      const recent = new RecentEntries(cacheBytes)
      const scanned = await scanLog(database, logger, (entry) => {
        recent.append([entry])
        recent.shrink(entry.index)
      })
      recent.truncateFrom(scanned.lastIndex + 1)
      await signOwner(directory, startedAt)
      this.#store = new OpenedLogStore({ database, scanned, recent, batchBytes, reclaimBytes })
      const { writtenLast: _, ...opened } = scanned
      return opened
    } catch (error) {
      await database.close()
      throw error
    }
  }

  /** Refuses in a later turn, as every answer comes. */
  #write(done: Done, ask: (store: OpenedLogStore) => void): void {
    const store = this.#store
    if (store === undefined || store.failure) return refuse(store?.failure ?? closed(), done)
    try {
      ask(store)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      refuse(error, done)
    }
  }
}

function refuse(error: StoreError, done: Done): void {
  setImmediate(done, error)
}

function closed(): StoreError {
  return new StoreError('CLOSED', 'the log store is not open')
}
