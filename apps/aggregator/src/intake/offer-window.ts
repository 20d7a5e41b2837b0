interface Offered {
  readonly last: number
  readonly bytes: number
}

/** What of a journal was offered to the present leader and is not decided yet. */
export class OfferWindow {
  #decided = 0
  #offered = 0
  #offers: Offered[] = []
  #bytes = 0
  #movedAt = 0

  /** The highest number that was offered. */
  get offered(): number {
    return this.#offered
  }

  /** Bytes of transactions that are offered and undecided. */
  get bytes(): number {
    return this.#bytes
  }

  /** An offer of what follows, through `last`. */
  add(last: number, bytes: number, now: number): void {
    // The wait for a decision begins with the first offer: later ones do not prolong it, or steady load would for ever.
    if (this.#offers.length === 0) this.#movedAt = now
    this.#offers.push({ last, bytes })
    this.#offered = last
    this.#bytes += bytes
  }

  /** Everything through `decided` is decided. */
  settle(decided: number, now: number): void {
    if (decided === this.#decided) return
    this.#decided = decided
    this.#movedAt = now
    while (this.#offers[0] && this.#offers[0].last <= decided) this.#bytes -= this.#offers.shift()!.bytes
    if (this.#offered < decided) this.rewindTo(decided, now)
  }

  /** True when something is offered and nothing was decided for `waitMs`. */
  isStuck(now: number, waitMs: number): boolean {
    return this.#offered > this.#decided && now - this.#movedAt >= waitMs
  }

  /** Everything above `sequence` is to be offered again. */
  rewindTo(sequence: number, now: number): void {
    this.#offers = this.#offers.filter(({ last }) => last <= sequence)
    this.#bytes = this.#offers.reduce((sum, { bytes }) => sum + bytes, 0)
    this.#offered = sequence
    this.#movedAt = now
  }
}
