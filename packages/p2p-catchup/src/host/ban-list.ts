import type { Clock } from '../ports/clock.ts'
import type { PeerName } from '../ports/history-peers.ts'

/** Peers that are kept away, each for a time. Holds the last 1024. */
export class BanList {
  readonly #clock: Clock
  readonly #banMs: number
  readonly #bans = new Map<PeerName, { readonly reason: string; readonly until: number }>()

  constructor(clock: Clock, banMs: number) {
    this.#clock = clock
    this.#banMs = banMs
  }

  add(peer: PeerName, reason: string): void {
    this.#bans.delete(peer)
    this.#bans.set(peer, { reason, until: this.#clock.now() + this.#banMs })
    const oldest = this.#bans.keys().next()
    if (this.#bans.size > 1024 && oldest.done !== true) this.#bans.delete(oldest.value)
  }

  /** Why the peer is banned; undefined when it is not, or not any more. */
  reason(peer: PeerName): string | undefined {
    const ban = this.#bans.get(peer)
    if (ban === undefined) return undefined
    if (this.#clock.now() < ban.until) return ban.reason
    this.#bans.delete(peer)
    return undefined
  }
}
