import type { LogIndex, Term } from './types.ts'

/** What an entry is for. The FSM sees `command` and `opening`. */
export type EntryType = 'command' | 'opening' | 'configuration' | 'barrier'

/**
 * One log entry.
 *
 * `record` is the entry as the leader encoded it (see codec/entry-record.ts). It travels to followers and to disk
 * unchanged; `payload` is a view into it. Neither may be written to.
 */
export interface Entry {
  readonly index: LogIndex
  readonly term: Term
  readonly type: EntryType
  readonly payload: Uint8Array
  readonly record: Uint8Array
}

/** Position of an entry: where and from which term. */
export interface LogPosition {
  readonly index: LogIndex
  readonly term: Term
}

/** True when a log that ends at `a` is at least as up to date as one that ends at `b` (Raft paper 5.4.1). */
export function isUpToDate(a: LogPosition, b: LogPosition): boolean {
  return a.term > b.term || (a.term === b.term && a.index >= b.index)
}

/** Bytes that an array of entries occupies on the wire and on disk. */
export function sizeBytes(entries: readonly Entry[]): number {
  let total = 0
  for (const entry of entries) total += entry.record.length
  return total
}
