import type { Height } from 'block-fsm'

/** Knows how far back the kept snapshots reach, from the ones that were taken since this start. */
export class KeptSnapshots {
  readonly #count: number
  #heights: Height[] = []

  /** `count` are kept on disk. */
  constructor(count: number) {
    this.#count = count
  }

  /**
   * A snapshot at this height was written. Answers the height of the oldest that may still be kept, once enough were taken to
   * know it: one more than are kept, because the newest may not be in place yet.
   */
  add(height: Height): Height | undefined {
    this.#heights.push(height)
    if (this.#heights.length > this.#count + 1) this.#heights.shift()
    return this.#heights.length > this.#count ? this.#heights[0] : undefined
  }
}
