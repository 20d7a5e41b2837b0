import type { LogIndex, LogPosition, LogWrite, Term, TermRun } from 'raft-core'
import { StoreError } from './errors.ts'
import type { TermRunRecord } from './log-records.ts'
import type { ScannedLog } from './scan-log.ts'

/** What a write changes in the database beside the entries that it brings. */
export interface ShapeChange {
  /** The log through this index is the same before and after. */
  readonly keepsThrough: LogIndex
  /** Last index behind `keepsThrough` under which the database may hold something from before. */
  readonly storedThrough: LogIndex
  /** Beginnings of terms among the new entries. */
  readonly runs: ReadonlyMap<LogIndex, TermRunRecord>
}

/**
 * Where the log begins and ends and which terms it has, as the caller sees it: after everything that was asked for. What does
 * not fit is `OUT_OF_ORDER`, and changes nothing.
 */
export class LogShape {
  #base: LogPosition
  #lastIndex: LogIndex
  #runs: TermRun[]
  /** Above this the database holds nothing. Behind the last index only when there is damage that nothing replaced yet. */
  #storedThrough: LogIndex
  /** Where the log is to end according to the disk while there is such damage, so that it is found again. */
  #damagedLast: LogPosition | undefined

  constructor({ base, lastIndex, terms, damaged, writtenLast }: ScannedLog) {
    this.#base = base
    this.#lastIndex = lastIndex
    this.#runs = [...terms]
    this.#storedThrough = damaged?.to ?? lastIndex
    this.#damagedLast = damaged && writtenLast
  }

  get base(): LogPosition {
    return this.#base
  }

  get lastIndex(): LogIndex {
    return this.#lastIndex
  }

  /** The last entry, as the next write tells the disk. */
  get last(): LogPosition {
    return this.#damagedLast ?? { index: this.#lastIndex, term: this.#termAt(this.#lastIndex) }
  }

  append({ truncateFrom, entries }: LogWrite): ShapeChange {
    const keeps = Math.min(this.#lastIndex, (truncateFrom ?? Number.POSITIVE_INFINITY) - 1)
    if (keeps < this.#base.index) throw outOfOrder(`entry ${truncateFrom} to drop is not behind ${this.#base.index}`)
    const runs = new Map<LogIndex, TermRunRecord>()
    let last: LogPosition = { index: keeps, term: this.#termAt(keeps) }
    for (const entry of entries) {
      if (entry.index !== last.index + 1) throw outOfOrder(`entry ${entry.index} does not follow ${last.index}`)
      if (entry.term < last.term) throw outOfOrder(`entry ${entry.index} of term ${entry.term} follows ${last.term}`)
      if (entry.term > last.term) runs.set(entry.index, { previousTerm: last.term, term: entry.term })
      last = entry
    }
    const storedThrough = this.#storedThrough
    if (truncateFrom !== undefined || entries.length > 0) {
      while ((this.#runs.at(-1)?.from ?? 0) > keeps) this.#runs.pop()
      // The first entry begins a run of the log also when it has the base's term.
      if (entries.length > 0 && keeps === this.#base.index) this.#runs.push({ from: keeps + 1, term: entries[0]!.term })
      for (const [from, { term }] of runs) if (this.#runs.at(-1)?.from !== from) this.#runs.push({ from, term })
      this.#endAt(last.index)
    }
    return { keepsThrough: keeps, storedThrough, runs }
  }

  /** Changes nothing when the log begins there or behind it already. */
  compact(position: LogPosition): void {
    if (position.index <= this.#base.index) return
    if (position.index > this.#lastIndex || this.#termAt(position.index) !== position.term) {
      throw outOfOrder(`there is no entry ${position.index} of term ${position.term} to compact through`)
    }
    const { index } = position
    const first = this.#lastIndex > index ? [{ from: index + 1, term: this.#termAt(index + 1) }] : []
    this.#runs = [...first, ...this.#runs.filter((run) => run.from > index + 1)]
    this.#base = position
  }

  reset(position: LogPosition): ShapeChange {
    if (position.index < this.#base.index) {
      throw outOfOrder(`a log that begins behind ${this.#base.index} cannot go back to ${position.index}`)
    }
    const storedThrough = this.#storedThrough
    this.#base = position
    this.#runs = []
    this.#endAt(position.index)
    return { keepsThrough: position.index, storedThrough, runs: new Map() }
  }

  /** Nothing from before is left behind this. */
  #endAt(index: LogIndex): void {
    this.#lastIndex = index
    this.#storedThrough = index
    this.#damagedLast = undefined
  }

  #termAt(index: LogIndex): Term {
    return this.#runs.findLast((run) => run.from <= index)?.term ?? this.#base.term
  }
}

function outOfOrder(what: string): StoreError {
  return new StoreError('OUT_OF_ORDER', `${what}; nothing was written`)
}
