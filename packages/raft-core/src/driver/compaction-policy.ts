import type { WriteEffect } from '../step/effect.ts'
import type { LogIndex } from '../types.ts'
import type { SnapshotOptions } from './options.ts'

/** Bytes between two remembered marks. */
const markEveryBytes = 1024 * 1024

/** How much of the log stays behind a snapshot, so that a follower that is a little late needs no snapshot. */
export class CompactionPolicy {
  readonly #options: SnapshotOptions
  /** Where the log was at some sums of its written bytes, ascending; about one mark a MiB, at most the trailing bytes' worth. */
  #marks: { index: LogIndex; bytes: number }[] = []
  #bytes = 0
  /** The application still needs entries behind this. */
  limit: LogIndex = Number.POSITIVE_INFINITY

  constructor(options: SnapshotOptions) {
    this.#options = options
  }

  recordWrite({ entries }: Pick<WriteEffect, 'entries'>): void {
    for (const entry of entries) {
      this.#bytes += entry.record.length
      const last = this.#marks.at(-1)
      if (last === undefined || this.#bytes - last.bytes >= markEveryBytes) {
        this.#marks.push({ index: entry.index, bytes: this.#bytes })
      }
    }
    const isOld = (mark: { bytes: number } | undefined): boolean =>
      mark !== undefined && this.#bytes - mark.bytes > this.#options.trailingBytes
    while (isOld(this.#marks[1])) this.#marks.shift()
  }

  /** Last index to remove after a snapshot at `snapshotIndex`; may be below the log's first. */
  compactTo(snapshotIndex: LogIndex, lastIndex: LogIndex): LogIndex {
    const byCount = lastIndex - this.#options.trailingEntries
    const oldest = this.#marks[0]
    const byBytes = oldest && this.#bytes - oldest.bytes > this.#options.trailingBytes ? oldest.index : 0
    return Math.min(snapshotIndex, this.limit, Math.max(byCount, byBytes))
  }
}
