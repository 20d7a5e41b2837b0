import type { Clock } from '../ports/clock.ts'
import type { TimeMs } from '../types.ts'

/** Waking this much late is normal for a timer; more means that the process stood still. */
const toleratedLatenessMs = 10

/** Wakes at the earliest of moving deadlines, without setting a new timer each time one moves away. */
export class WakeTimer {
  readonly #clock: Clock
  readonly #wake: (stalledMs: number) => void
  #armedAt: TimeMs = Number.POSITIVE_INFINITY
  #cancel: (() => void) | undefined

  constructor(clock: Clock, wake: (stalledMs: number) => void) {
    this.#clock = clock
    this.#wake = wake
  }

  /** Makes sure that the next wake is not after `deadline`. */
  arm(deadline: TimeMs): void {
    if (deadline >= this.#armedAt) return
    this.#cancel?.()
    this.#armedAt = deadline
    this.#cancel = this.#clock.wakeAt(deadline, () => {
      this.#armedAt = Number.POSITIVE_INFINITY
      this.#cancel = undefined
      const late = this.#clock.now() - deadline
      this.#wake(late > toleratedLatenessMs ? late : 0)
    })
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#armedAt = Number.POSITIVE_INFINITY
  }
}
