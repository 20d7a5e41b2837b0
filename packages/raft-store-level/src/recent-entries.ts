import type { Entry } from 'raft-core'

/**
 * The newest entries in memory: all that are not durable yet, and as many before them as fit, so that followers near the tip
 * cause no disk read.
 */
export class RecentEntries {
  readonly #limitBytes: number
  #entries: Entry[] = []
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** Index of the oldest one; undefined when there is none. */
  get first(): number | undefined {
    return this.#entries[0]?.index
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry)
      this.#bytes += entry.record.length
    }
  }

  truncateFrom(index: number): void {
    const keep = this.#entries.findIndex((entry) => entry.index >= index)
    if (keep >= 0) this.#remove(keep, this.#entries.length)
  }

  dropThrough(index: number): void {
    const keep = this.#entries.findIndex((entry) => entry.index > index)
    this.#remove(0, keep < 0 ? this.#entries.length : keep)
  }

  clear(): void {
    this.#remove(0, this.#entries.length)
  }

  /** Lets go of the oldest durable ones once there are too many bytes; a quarter at a time, since removal costs the length. */
  shrink(durableIndex: number): void {
    if (this.#bytes <= this.#limitBytes) return
    let bytes = this.#bytes
    let count = 0
    while (
      bytes > this.#limitBytes * 0.75 &&
      (this.#entries[count]?.index ?? Number.POSITIVE_INFINITY) <= durableIndex
    ) {
      bytes -= this.#entries[count]!.record.length
      count += 1
    }
    this.#remove(0, count)
  }

  /** Entries from `from` below `end`, at least one, within `limitBytes`. `from` is not before the first. */
  slice(from: number, end: number, limitBytes: number): readonly Entry[] {
    const start = from - (this.first ?? from)
    const stop = Math.min(this.#entries.length, end - (this.first ?? from))
    let bytes = 0
    let to = start
    while (to < stop && (to === start || bytes + this.#entries[to]!.record.length <= limitBytes)) {
      bytes += this.#entries[to]!.record.length
      to += 1
    }
    return this.#entries.slice(start, to)
  }

  #remove(from: number, to: number): void {
    for (const entry of this.#entries.splice(from, to - from)) this.#bytes -= entry.record.length
  }
}
