import type { Clock } from '../ports/clock.ts'
import type { PeerName } from '../ports/history-peers.ts'

/** Longest time that a peer may be ahead of its rate. */
const burstMs = 1000

/**
 * Bytes per second for each peer (GCRA: one number a peer, the time at which all that it took will be paid for). Peers whose
 * time has passed are forgotten.
 */
export class ByteRate {
  readonly #bytesPerSecond: number
  readonly #clock: Clock
  readonly #paidAt = new Map<PeerName, number>()

  /** `Infinity` limits nothing. */
  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerSecond = bytesPerSecond
    this.#clock = clock
  }

  /** Counts bytes that are about to be sent; answers the clock's time at which they may be. */
  take(peer: PeerName, bytes: number): number {
    const now = this.#clock.now()
    if (this.#bytesPerSecond === Number.POSITIVE_INFINITY) return now
    this.#forget(now)
    const paidAt = Math.max(this.#paidAt.get(peer) ?? 0, now) + (bytes / this.#bytesPerSecond) * 1000
    this.#paidAt.set(peer, paidAt)
    return Math.max(now, paidAt - burstMs)
  }

  #forget(now: number): void {
    for (const [peer, paidAt] of this.#paidAt) if (paidAt < now) this.#paidAt.delete(peer)
  }
}
