import type { Entry, LogPosition } from '../entry.ts'
import type { HardState } from '../hard-state.ts'
import type { LogIndex, Term } from '../types.ts'
import type { Done, DoneWith } from './completion.ts'

/**
 * The replicated log and the hard state, in one atomic, ordered, durable place.
 *
 * The node calls `open` once and waits for it, then everything else, and `close` last. An error from any call but
 * `open` is final: the node stops and the process should end, because after a failed fsync nobody knows what is on disk.
 */
export interface LogStore {
  /** Opens the store and says what it holds. An error here leaves the store closed and untouched. */
  open(done: DoneWith<OpenedLog>): void

  /**
   * Makes the write durable (fsync) as one atomic unit, then calls `done`.
   *
   * Writes become durable in the order they were asked for, and `done` is called in that order. After a crash either the
   * whole write is there or nothing of it, and never a later write without an earlier one. Several writes may be
   * outstanding.
   */
  append(write: LogWrite, done: Done): void

  /**
   * Reads entries `from`, `from + 1`, … below `end`, at least one, and stops before the sum of their record sizes would pass
   * `limitBytes`. Sees every write that was asked for before, durable or not. The caller asks only for indexes that are there;
   * if a compaction or reset asked for later removes them meanwhile, the answer may be empty.
   */
  read(from: LogIndex, end: LogIndex, limitBytes: number, done: DoneWith<readonly Entry[]>): void

  /**
   * Forgets entries up to and including `position.index` and remembers `position` as what precedes the log.
   * Need not be durable when `done` is called; after a crash the entries may be back.
   */
  compact(position: LogPosition, done: Done): void

  /**
   * Replaces the whole log by an empty one that begins after `position`; used when a snapshot replaces it. Durable, in order
   * with `append`, the hard state unchanged.
   */
  reset(position: LogPosition, done: Done): void

  /** Finishes what was asked for and releases the directory. */
  close(done: Done): void
}

/** One atomic write. What it leaves out stays as it is. */
export interface LogWrite {
  /** Drop this index and all above it before writing `entries`. */
  readonly truncateFrom: LogIndex | undefined
  /** Contiguous; the first follows the log's last entry after `truncateFrom` was applied. */
  readonly entries: readonly Entry[]
  readonly hardState: HardState | undefined
}

/** What a store holds when it opens. */
export interface OpenedLog {
  readonly hardState: HardState
  /** What precedes the first entry: index 0, term 0 of a log that was never compacted. */
  readonly base: LogPosition
  /** Index of the last entry; `base.index` when there is none. */
  readonly lastIndex: LogIndex
  /** Where each run of equal terms begins: ascending, the first at `base.index + 1`; empty when there is no entry. */
  readonly terms: readonly TermRun[]
  /** Entries inside acknowledged data that can no longer be read, first and last; they are not served. */
  readonly damaged: { readonly from: LogIndex; readonly to: LogIndex } | undefined
}

/** Entries from `from` on have this term, until the next run. */
export interface TermRun {
  readonly from: LogIndex
  readonly term: Term
}
