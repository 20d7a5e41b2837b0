import type { Clock } from 'raft-core'

/** Pings in a row that bring nothing before a peer is taken for gone. */
const silentPings = 3

export interface HeartbeatHost {
  ping(): void
  /** Nothing is heard any more. */
  silent(): void
  roundTrip(milliseconds: number): void
}

/**
 * Finds half-open connections: pings at an interval and counts intervals in which nothing came.
 *
 * It counts instead of measuring, so that a stall of this process, which delays reading as well, is one silent interval and not
 * many.
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #host: HeartbeatHost
  #isHeard = true
  #isDoubted = false
  #silent = 0
  #pingedAt: number | undefined
  #cancel: (() => void) | undefined

  constructor(clock: Clock, intervalMs: number, host: HeartbeatHost) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#host = host
    this.#ping()
    this.#plan()
  }

  /** Some bytes came. */
  heard(): void {
    this.#isHeard = true
    this.#isDoubted = false
  }

  /** A ping was answered. */
  answered(): void {
    if (this.#pingedAt !== undefined) this.#host.roundTrip(this.#clock.now() - this.#pingedAt)
    this.#pingedAt = undefined
  }

  /** There is reason to doubt the peer: it has one interval to show that it lives. */
  doubt(): void {
    // Doubting again must not give more time.
    if (this.#isDoubted) return
    this.#isDoubted = true
    this.#isHeard = false
    this.#silent = silentPings - 1
    this.#ping()
    this.#cancel?.()
    this.#plan()
  }

  stop(): void {
    this.#cancel?.()
  }

  #plan(): void {
    this.#cancel = this.#clock.wakeAt(this.#clock.now() + this.#intervalMs, () => {
      this.#silent = this.#isHeard ? 0 : this.#silent + 1
      if (this.#silent >= silentPings) return this.#host.silent()
      this.#isHeard = false
      this.#ping()
      this.#plan()
    })
  }

  #ping(): void {
    this.#pingedAt ??= this.#clock.now()
    this.#host.ping()
  }
}
