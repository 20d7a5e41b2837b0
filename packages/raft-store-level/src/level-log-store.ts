import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ClassicLevel } from 'classic-level'
import {
  decodeEntry,
  type Done,
  type DoneWith,
  encodeHardState,
  type Entry,
  type Logger,
  type LogPosition,
  type LogStore,
  type LogWrite,
  type OpenedLog,
  silentLogger,
  sizeBytes,
} from 'raft-core'
import { prepareDirectory } from './durable-file.ts'
import { StoreError } from './errors.ts'
import { baseKey, entryKey, hardStateKey } from './log-keys.ts'
import { checkFormat, encodeBase, type LogDatabase, scanLog } from './open-log.ts'
import { lockedBy, signOwner } from './owner.ts'
import { RecentEntries } from './recent-entries.ts'
import { asError, report, reportResult } from './report.ts'

export interface LevelLogStoreOptions {
  /** Directory of this store alone; made if it is not there. */
  readonly directory: string
  readonly logger?: Logger
  /** Recent entries kept in memory. Default 16 MiB. */
  readonly cacheBytes?: number
  /** LevelDB's own write buffer. Default 16 MiB. */
  readonly writeBufferBytes?: number
  /** For the owner file. Default: the system's clock. */
  readonly startedAt?: Date
}

type Operation =
  | { readonly kind: 'append'; readonly write: LogWrite; readonly lastBefore: number; readonly done: Done }
  | {
      readonly kind: 'reset'
      readonly position: LogPosition
      readonly from: number
      readonly to: number
      readonly done: Done
    }
  | { readonly kind: 'compact'; readonly position: LogPosition; readonly done: Done }

const mebibyte = 1024 * 1024

/** A `LogStore` in one LevelDB database: every group of writes is one synced batch. */
export function levelLogStore(options: LevelLogStoreOptions): LogStore {
  return new LevelLogStore(options)
}

class LevelLogStore implements LogStore {
  readonly #options: LevelLogStoreOptions
  readonly #logger: Logger
  readonly #recent: RecentEntries
  #database: LogDatabase | undefined
  /** As the caller sees it: everything that was asked for. */
  #base: LogPosition = { index: 0, term: 0 }
  #lastIndex = 0
  #gathered: Operation[] = []
  #isWriting = false
  #failure: StoreError | undefined
  #whenIdle: (() => void)[] = []

  constructor(options: LevelLogStoreOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
    this.#recent = new RecentEntries(options.cacheBytes ?? 16 * mebibyte)
  }

  open(done: DoneWith<OpenedLog>): void {
    reportResult(this.#open(), done)
  }

  append(write: LogWrite, done: Done): void {
    const lastBefore = this.#lastIndex
    const keeps = write.truncateFrom === undefined ? lastBefore : Math.min(lastBefore, write.truncateFrom - 1)
    const first = write.entries[0]
    if (first !== undefined && first.index !== keeps + 1) {
      return this.#refuse(new StoreError('OUT_OF_ORDER', `entry ${first.index} does not follow ${keeps}`), done)
    }
    if (write.truncateFrom !== undefined) this.#recent.truncateFrom(write.truncateFrom)
    this.#recent.append(write.entries)
    this.#lastIndex = write.entries.at(-1)?.index ?? keeps
    this.#ask({ kind: 'append', write, lastBefore, done })
  }

  read(from: number, end: number, limitBytes: number, done: DoneWith<readonly Entry[]>): void {
    reportResult(this.#read(from, end, limitBytes), done)
  }

  compact(position: LogPosition, done: Done): void {
    this.#base = position
    this.#recent.dropThrough(position.index)
    this.#ask({ kind: 'compact', position, done })
  }

  reset(position: LogPosition, done: Done): void {
    const operation = { kind: 'reset', position, from: this.#base.index + 1, to: this.#lastIndex, done } as const
    this.#base = position
    this.#lastIndex = position.index
    this.#recent.clear()
    this.#ask(operation)
  }

  close(done: Done): void {
    report(this.#close(), done)
  }

  async #open(): Promise<OpenedLog> {
    const { directory, writeBufferBytes = 16 * mebibyte, startedAt = new Date() } = this.#options
    await prepareDirectory(directory)
    const path = join(directory, 'db')
    const database: LogDatabase = new ClassicLevel(path, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      compression: false,
      writeBufferSize: writeBufferBytes,
    })
    try {
      await database.open()
    } catch (cause) {
      if (causeCode(cause) === 'LEVEL_LOCKED') throw await lockedBy(directory, cause)
      throw new StoreError('DIRECTORY_UNUSABLE', `the database in ${path} cannot be opened: ${reasonOf(cause)}`, {
        cause,
      })
    }
    try {
      await signOwner(directory, startedAt)
      await checkFormat(database, path)
      const opened = await scanLog(database, this.#logger)
      this.#database = database
      this.#base = opened.base
      this.#lastIndex = opened.lastIndex
      return opened
    } catch (error) {
      await database.close()
      throw error
    }
  }

  async #read(from: number, end: number, limitBytes: number): Promise<readonly Entry[]> {
    const database = this.#database
    if (database === undefined) throw closed()
    const { first } = this.#recent
    if (first !== undefined && from >= first) return this.#recent.slice(from, end, limitBytes)
    const entries: Entry[] = []
    let bytes = 0
    // An iterator sees the database as it is now, so entries that change meanwhile do not mix in.
    const stop = Math.min(end, first ?? end)
    for await (const value of database.values({ gte: entryKey(from), lt: entryKey(stop) })) {
      if (entries.length > 0 && bytes + value.length > limitBytes) return entries
      const entry = decodeEntry(value, 0, crc32)
      if (entry.index !== from + entries.length) return entries
      bytes += value.length
      entries.push(entry)
    }
    const next = from + entries.length
    // What was recent when the read began may have been let go meanwhile; then the caller asks again.
    if (next >= end || next !== this.#recent.first || bytes >= limitBytes) return entries
    const more = this.#recent.slice(next, end, limitBytes - bytes)
    return bytes + sizeBytes(more) > limitBytes ? entries : [...entries, ...more]
  }

  async #close(): Promise<void> {
    const database = this.#database
    this.#database = undefined
    if (this.#isWriting) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    this.#failure ??= closed()
    await database?.close()
  }

  #ask(operation: Operation): void {
    if (this.#failure || this.#database === undefined) return this.#refuse(this.#failure ?? closed(), operation.done)
    this.#gathered.push(operation)
    if (!this.#isWriting) this.#writeGathered(this.#database)
  }

  #refuse(error: StoreError, done: Done): void {
    setImmediate(done, error)
  }

  /** Everything that gathered while the last batch was on its way goes as one. */
  #writeGathered(database: LogDatabase): void {
    const group = this.#gathered.splice(0)
    if (group.length === 0) {
      this.#isWriting = false
      for (const resolve of this.#whenIdle.splice(0)) resolve()
      return
    }
    this.#isWriting = true
    const durableIndex = this.#lastIndex
    writeBatch(database, group).then(
      () => {
        this.#recent.shrink(durableIndex)
        for (const operation of group) {
          if (operation.kind === 'compact') this.#removeCompacted(database, operation)
          else operation.done()
        }
        this.#writeGathered(database)
      },
      (cause: unknown) => {
        this.#failure = new StoreError('WRITE_FAILED', `writing the log failed: ${reasonOf(cause)}; look at the disk`, {
          cause,
        })
        for (const { done } of [...group, ...this.#gathered.splice(0)]) done(this.#failure)
        this.#isWriting = false
        for (const resolve of this.#whenIdle.splice(0)) resolve()
      },
    )
  }

  /** Removing may take a while, so it runs beside the writes; entries that a crash leaves behind are removed at open. */
  #removeCompacted(database: LogDatabase, { position, done }: Operation & { kind: 'compact' }): void {
    database.clear({ gte: entryKey(0), lte: entryKey(position.index) }).then(
      () => done(),
      // Closing cuts a removal short; what it left is removed when the log opens again.
      (cause: unknown) => done(this.#database === undefined ? undefined : asError(cause)),
    )
  }
}

async function writeBatch(database: LogDatabase, group: readonly Operation[]): Promise<void> {
  const batch = database.batch()
  for (const operation of group) {
    if (operation.kind === 'compact') {
      batch.put(baseKey, encodeBase(operation.position))
    } else if (operation.kind === 'reset') {
      for (let index = operation.from; index <= operation.to; index++) batch.del(entryKey(index))
      batch.put(baseKey, encodeBase(operation.position))
    } else {
      const { truncateFrom, entries, hardState } = operation.write
      for (let index = truncateFrom ?? Number.POSITIVE_INFINITY; index <= operation.lastBefore; index++)
        batch.del(entryKey(index))
      for (const entry of entries) batch.put(entryKey(entry.index), entry.record)
      if (hardState) batch.put(hardStateKey, encodeHardState(hardState))
    }
  }
  await batch.write({ sync: true })
}

function causeCode(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? cause.code : undefined
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

function closed(): StoreError {
  return new StoreError('CLOSED', 'the log store is not open')
}
