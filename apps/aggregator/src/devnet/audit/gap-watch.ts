/** The longest time without a new block, as an outsider saw it. */
export class GapWatch {
  #height = 0
  #at: number | undefined
  #longestMs = 0

  /** Some node shows this height as its tip. */
  onTip(height: number, at: number): void {
    if (height <= this.#height) return
    if (this.#at !== undefined) this.#longestMs = Math.max(this.#longestMs, at - this.#at)
    this.#height = height
    this.#at = at
  }

  /** Of the gaps that are over, and the one that is not. 0 before the first block. */
  longestMs(now: number): number {
    return this.#at === undefined ? 0 : Math.max(this.#longestMs, now - this.#at)
  }
}
