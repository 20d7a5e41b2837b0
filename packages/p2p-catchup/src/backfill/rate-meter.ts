import type { Clock } from '../ports/clock.ts'

/** Seconds over which a rate is taken. */
const seconds = 10

/** Things per second, over the last ten seconds or since the start. */
export class RateMeter {
  readonly #clock: Clock
  /** Counts at times, about one a second, the oldest first. */
  #marks: { readonly at: number; readonly total: number }[]
  #total = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#marks = [{ at: clock.now(), total: 0 }]
  }

  add(count: number): void {
    this.#total += count
    const now = this.#clock.now()
    if (now - this.#marks.at(-1)!.at < 1000) return
    this.#marks.push({ at: now, total: this.#total })
    if (this.#marks.length > seconds + 1) this.#marks.shift()
  }

  perSecond(): number {
    const now = this.#clock.now()
    const oldest = this.#marks.find(({ at }) => now - at <= seconds * 1000) ?? {
      at: now - seconds * 1000,
      total: this.#total,
    }
    const elapsedMs = now - oldest.at
    return elapsedMs <= 0 ? 0 : ((this.#total - oldest.total) / elapsedMs) * 1000
  }
}
