import type { HistoryKind } from '../protocol/protocol-ids.ts'

/** How large the chain's items are, from those that came: so that a request asks for what fits its limit. */
export class SizeGuess {
  readonly #usual: Record<HistoryKind, number> = { header: 0, data: 0 }

  saw(kind: HistoryKind, bytes: number, items: number): void {
    const usual = this.#usual[kind]
    const average = bytes / items
    // Upwards at once, because an answer that is cut off was sent for nothing; downwards by and by.
    this.#usual[kind] = average > usual ? average : usual * 0.7 + average * 0.3
  }

  /** How many items to ask for so that they fit, at least one. */
  itemsWithin(kind: HistoryKind, limitBytes: number): number {
    const usual = this.#usual[kind]
    return usual === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(limitBytes / usual))
  }
}
