/** Waits that double from attempt to attempt, each spread over 0.5 to 1.5 of its length so that many nodes do not act as one. */
export class Backoff {
  readonly #firstMs: number
  readonly #minMs: number
  readonly #maxMs: number
  readonly #random: () => number
  #nextMs: number

  constructor(options: { firstMs: number; minMs: number; maxMs: number; random: () => number }) {
    this.#firstMs = options.firstMs
    this.#minMs = options.minMs
    this.#maxMs = options.maxMs
    this.#random = options.random
    this.#nextMs = options.firstMs
  }

  /** How long to wait before the next attempt. */
  next(): number {
    const waitMs = this.#nextMs
    this.#nextMs = Math.min(Math.max(waitMs * 2, this.#minMs), this.#maxMs)
    return waitMs * (0.5 + this.#random())
  }

  reset(): void {
    this.#nextMs = this.#firstMs
  }
}
