import type { Clock } from '../../../src/devnet/clock.ts'

interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/** Time that moves only when a test says so. The wall clock is an hour ahead of 1970, so that mixing the two shows. */
export class ManualClock implements Clock {
  #now = 0
  #sleepers: Sleeper[] = []

  now(): number {
    return this.#now
  }

  wallNow(): number {
    return 3_600_000 + this.#now
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const stop = (): void => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper)
        resolve()
      }
      const wake = (): void => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      const sleeper = { until: this.#now + ms, wake }
      this.#sleepers.push(sleeper)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  /** Lets time pass, waking each sleeper at its moment and letting it work before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const next = this.#sleepers.filter(({ until }) => until <= end).toSorted((a, b) => a.until - b.until)[0]
      if (next === undefined) break
      this.#now = Math.max(this.#now, next.until)
      this.#sleepers = this.#sleepers.filter((each) => each !== next)
      next.wake()
      await settle()
    }
    this.#now = end
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
