import type { EventLog } from './events.ts'

// Ours are some fifty bytes each: about ten megabytes in all.
const kept = 100_000

/**
 * Holds what nodes promised against what is in the blocks: a transaction answered with 202 must be found, once.
 *
 * A transaction is known by its whole text, not by a hash that a node computed. Only those that `isOurs` says were never
 * sent twice on purpose are followed.
 */
export class TransactionLedger {
  readonly #events: EventLog
  readonly #isOurs: (text: string) => boolean
  /** When each was acknowledged, in that order. */
  readonly #waiting = new Map<string, number>()
  readonly #found = new Map<string, number>()
  #acknowledged = 0
  #foundOnce = 0
  #doubles = 0

  constructor(events: EventLog, isOurs: (text: string) => boolean) {
    this.#events = events
    this.#isOurs = isOurs
  }

  /** Answered with 202. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Of those, found in exactly one block. */
  get foundOnce(): number {
    return this.#foundOnce
  }

  /** Of those, not found yet. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Found in a second place. Always 0. */
  get doubles(): number {
    return this.#doubles
  }

  /** When the oldest of those was acknowledged, on the clock; undefined when there is none. */
  get oldestWaitingAt(): number | undefined {
    const [oldest] = this.#waiting.values()
    return oldest
  }

  onAcknowledged(text: string, at: number): void {
    this.#acknowledged += 1
    // The block may be seen before the answer.
    if (this.#found.has(text)) this.#foundOnce += 1
    else {
      this.#waiting.set(text, at)
      trim(this.#waiting)
    }
  }

  /** A block that nobody had shown before; its transactions in base64. */
  onBlock(height: number, transactions: readonly string[]): void {
    for (const data of transactions) {
      const text = Buffer.from(data, 'base64').toString('utf8')
      if (this.#isOurs(text)) this.#onFound(text, height)
    }
  }

  #onFound(text: string, height: number): void {
    const earlier = this.#found.get(text)
    if (earlier !== undefined) {
      this.#doubles += 1
      this.#events.alarm(`ONE TRANSACTION TWICE: ${text} in block ${earlier} and in block ${height}`)
      return
    }
    this.#found.set(text, height)
    trim(this.#found)
    if (this.#waiting.delete(text)) this.#foundOnce += 1
  }
}

function trim(all: Map<string, number>): void {
  if (all.size <= kept) return
  const [oldest] = all.keys()
  all.delete(oldest!)
}
