import type { Entry } from '../entry.ts'
import type { HardState } from '../hard-state.ts'
import type { Done } from '../ports/completion.ts'
import type { LogStore, LogWrite } from '../ports/log-store.ts'
import type { LogIndex } from '../types.ts'
import type { WriteEffect } from '../step/effect.ts'
import type { WriteId } from '../step/state.ts'

/**
 * Group commit: while one write is on its way to the disk, the next ones gather and go as one.
 *
 * What gathers is bounded by the step's limits on uncommitted bytes and appends in flight.
 */
export class WriteQueue {
  readonly #store: LogStore
  readonly #onDurable: (write: WriteId) => void
  readonly #onFailed: (error: Error) => void
  #gathered: WriteEffect[] = []
  #isBusy = false
  #onIdle: Done[] = []

  constructor(store: LogStore, onDurable: (write: WriteId) => void, onFailed: (error: Error) => void) {
    this.#store = store
    this.#onDurable = onDurable
    this.#onFailed = onFailed
  }

  push(write: WriteEffect): void {
    this.#gathered.push(write)
    if (!this.#isBusy) this.#flush()
  }

  /** Calls `done` once nothing is on the way to the disk. */
  whenIdle(done: Done): void {
    if (this.#isBusy) this.#onIdle.push(done)
    else done()
  }

  #flush(): void {
    const first = this.#gathered[0]
    if (first === undefined) {
      for (const done of this.#onIdle.splice(0)) done()
      return
    }
    this.#isBusy = true
    if (first.reset) {
      const position = first.reset
      this.#gathered.shift()
      this.#ask(() => this.#store.reset(position, (error) => this.#finish(first.id, error)))
      return
    }
    const nextReset = this.#gathered.findIndex((write) => write.reset !== undefined)
    const group = this.#gathered.splice(0, nextReset < 0 ? this.#gathered.length : nextReset)
    const last = group.at(-1)!.id
    this.#ask(() => this.#store.append(mergeWrites(group), (error) => this.#finish(last, error)))
  }

  /** A store that throws instead of calling back has failed all the same. */
  #ask(write: () => void): void {
    try {
      write()
    } catch (error) {
      this.#isBusy = false
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Nothing more is written, so whoever waits for quiet has it. */
  #fail(error: Error): void {
    this.#gathered = []
    this.#onFailed(error)
    for (const done of this.#onIdle.splice(0)) done()
  }

  #finish(write: WriteId, error: Error | undefined): void {
    this.#isBusy = false
    if (error) return this.#fail(error)
    this.#onDurable(write)
    if (!this.#isBusy) this.#flush()
  }
}

/** One write with the effect of several in a row; none of them is a reset. */
export function mergeWrites(writes: readonly Omit<WriteEffect, 'kind' | 'id' | 'reset'>[]): LogWrite {
  let truncateFrom: LogIndex | undefined
  let entries: Entry[] = []
  let hardState: HardState | undefined
  for (const write of writes) {
    if (write.truncateFrom !== undefined) {
      const from = write.truncateFrom
      const isWithin = entries.length > 0 && from > entries[0]!.index
      if (!isWithin) truncateFrom = Math.min(truncateFrom ?? from, from)
      entries = entries.filter((entry) => entry.index < from)
    }
    if (write.entries.length > 0) entries = entries.length === 0 ? [...write.entries] : entries.concat(write.entries)
    hardState = write.hardState ?? hardState
  }
  return { truncateFrom, entries, hardState }
}
