import type { Entry, Logger, LogPosition, OpenedLog, TermRun } from 'raft-core'
import type { LogDatabase } from './database.ts'
import { StoreError } from './errors.ts'
import { entryKey, indexOfKey, runKey, stateKey } from './log-keys.ts'
import { readableEntry, readingFailed } from './log-reader.ts'
import { decodeRunRecord, decodeStateRecord, type LogStateRecord, type TermRunRecord } from './log-records.ts'

const mebibyte = 1024 * 1024
const progressEveryBytes = 256 * mebibyte

/**
 * Reads the whole log once and checks every record: its checksum, the sequence of indexes, that terms do not fall, and that each
 * begins where it was written down to begin. What cannot be trusted is reported as damaged, from the first such index
 * to the end, and left as it is. `visit` sees each good entry; a damaged range may take back the last ones.
 */
export async function scanLog(
  database: LogDatabase,
  logger: Logger,
  visit: (entry: Entry) => void,
): Promise<ScannedLog> {
  try {
    const { base, last, hardState } = await readState(database)
    const scan = new Scan(base.index, base.term, await readRuns(database, base.index))
    let bytes = 0
    const entries = database.iterator({
      gte: entryKey(base.index + 1),
      lte: entryKey(Number.MAX_SAFE_INTEGER),
      fillCache: false,
      highWaterMarkBytes: mebibyte,
    })
    for (;;) {
      const pairs = await entries.nextv(1000)
      if (pairs.length === 0) break
      for (const [key, record] of pairs) {
        const entry = scan.add(indexOfKey(key), record)
        if (entry) visit(entry)
        if (Math.floor((bytes + record.length) / progressEveryBytes) > Math.floor(bytes / progressEveryBytes))
          logger.info({ index: scan.highest, bytes: bytes + record.length }, 'checking the log')
        bytes += record.length
      }
    }
    await entries.close()
    const { lastIndex, terms, damaged } = scan.end(last)
    if (damaged) logger.error(damaged, 'the log holds entries that cannot be read')
    return { hardState, base, lastIndex, terms, damaged, writtenLast: last }
  } catch (cause) {
    throw cause instanceof StoreError ? cause : readingFailed(cause)
  }
}

/** What a scan found, and what the last write said about where the log ends. */
export interface ScannedLog extends OpenedLog {
  readonly writtenLast: LogPosition
}

class Scan {
  readonly #base: number
  readonly #baseTerm: number
  readonly #runs: Map<number, TermRunRecord | undefined>
  readonly #terms: TermRun[] = []
  #lastIndex: number
  #lastTerm: number
  #broken: number | undefined
  highest: number

  constructor(base: number, baseTerm: number, runs: Map<number, TermRunRecord | undefined>) {
    this.#base = base
    this.#baseTerm = baseTerm
    this.#runs = runs
    this.#lastIndex = base
    this.#lastTerm = baseTerm
    this.highest = base
  }

  /** The entry, if everything up to it is good. */
  add(index: number, record: Uint8Array): Entry | undefined {
    this.highest = Math.max(this.highest, Number.isNaN(index) ? this.#lastIndex + 1 : index)
    if (this.#broken !== undefined) return undefined
    const entry = index === this.#lastIndex + 1 ? readableEntry(record, index) : undefined
    if (entry === undefined || entry.term < this.#lastTerm) {
      this.#broken = this.#lastIndex + 1
      return undefined
    }
    if (!this.#isRunAsWritten(index, entry.term)) {
      this.#distrustLastRun()
      return undefined
    }
    if (entry.term !== this.#lastTerm || this.#terms.length === 0) this.#terms.push({ from: index, term: entry.term })
    this.#lastIndex = index
    this.#lastTerm = entry.term
    return entry
  }

  /** Compares with where the last write said that the log ends. */
  end(written: LogPosition): Pick<OpenedLog, 'lastIndex' | 'terms' | 'damaged'> {
    this.highest = Math.max(this.highest, written.index, [...this.#runs.keys()].at(-1) ?? 0)
    if (this.#lastIndex > written.index) this.#cutBehind(written.index)
    if (this.#lastIndex === written.index && this.#lastTerm !== written.term) this.#distrustLastRun()
    if (this.highest > this.#lastIndex) this.#broken ??= this.#lastIndex + 1
    const damaged = this.#broken === undefined ? undefined : { from: this.#broken, to: this.highest }
    return { lastIndex: this.#lastIndex, terms: this.#terms, damaged }
  }

  #isRunAsWritten(index: number, term: number): boolean {
    if (term === this.#lastTerm) return !this.#runs.has(index)
    const run = this.#runs.get(index)
    return run?.previousTerm === this.#lastTerm && run.term === term
  }

  /** A write is missing that dropped what is behind. */
  #cutBehind(index: number): void {
    while ((this.#terms.at(-1)?.from ?? 0) > index) this.#terms.pop()
    this.#lastIndex = index
    this.#lastTerm = this.#terms.at(-1)?.term ?? this.#baseTerm
    this.#broken = index + 1
  }

  /** A write is missing that replaced entries from somewhere in the last term on; nothing says from where. */
  #distrustLastRun(): void {
    const run = this.#terms.pop()
    this.#broken = run?.from ?? this.#base + 1
    this.#lastIndex = this.#broken - 1
  }
}

async function readState(database: LogDatabase): Promise<LogStateRecord> {
  const stored = await database.get(stateKey)
  const state = stored && decodeStateRecord(stored)
  if (state) return state
  const what = 'term, vote and beginning of the log are gone or do not match their checksum'
  throw new StoreError('DAMAGED', `${what}; replace the directory and start as an empty node`)
}

async function readRuns(database: LogDatabase, base: number): Promise<Map<number, TermRunRecord | undefined>> {
  const range = { gte: runKey(base + 1), lte: runKey(Number.MAX_SAFE_INTEGER) }
  const stored = await database.iterator(range).all()
  const runs = stored.map(([key, record]) => [indexOfKey(key), decodeRunRecord(record)] as const)
  return new Map(runs.filter(([index]) => Number.isSafeInteger(index)))
}
