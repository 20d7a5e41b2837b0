import type { Entry, LogIndex } from 'raft-core'

/**
 * The newest entries in memory: all that are not durable yet, and as many before them as fit, so that followers near the tip
 * cause no disk read. They are contiguous and end where the log does.
 */
export class RecentEntries {
  readonly #limitBytes: number
  #entries: Entry[] = []
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** Index of the oldest one; undefined when there is none. */
  get first(): LogIndex | undefined {
    return this.#entries[0]?.index
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry)
      this.#bytes += entry.record.length
    }
  }

  truncateFrom(index: LogIndex): void {
    this.#remove(this.#positionOf(index), this.#entries.length)
  }

  dropThrough(index: LogIndex): void {
    this.#remove(0, this.#positionOf(index + 1))
  }

  clear(): void {
    this.#remove(0, this.#entries.length)
  }

  /** Lets go of the oldest durable ones once there are too many bytes; a quarter at a time, since removal costs the length. */
  shrink(durableIndex: LogIndex): void {
    if (this.#bytes <= this.#limitBytes) return
    const last = this.#positionOf(durableIndex + 1)
    let bytes = this.#bytes
    let count = 0
    while (count < last && bytes > this.#limitBytes * 0.75) bytes -= this.#entries[count++]!.record.length
    this.#remove(0, count)
  }

  /** Entries from `from` below `end`, at least one if there is any, within `limitBytes`. `from` is not before the first. */
  slice(from: LogIndex, end: LogIndex, limitBytes: number): readonly Entry[] {
    const start = this.#positionOf(from)
    const stop = this.#positionOf(end)
    let bytes = 0
    let to = start
    while (to < stop && (to === start || bytes + this.#entries[to]!.record.length <= limitBytes)) {
      bytes += this.#entries[to]!.record.length
      to += 1
    }
    return this.#entries.slice(start, to)
  }

  #positionOf(index: LogIndex): number {
    return Math.min(Math.max(0, index - (this.first ?? index)), this.#entries.length)
  }

  #remove(from: number, to: number): void {
    for (const entry of this.#entries.splice(from, to - from)) this.#bytes -= entry.record.length
  }
}
