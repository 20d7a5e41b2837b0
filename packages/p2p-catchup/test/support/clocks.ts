import type { Clock } from 'p2p-catchup'

export const realClock: Clock = {
  now: () => performance.now(),
  wakeAt: (at, wake) => {
    const timer = setTimeout(wake, Math.max(0, Math.ceil(at - performance.now())) + 1)
    return () => clearTimeout(timer)
  },
}

/** Time that passes only when it is told to. */
export class ManualClock implements Clock {
  #now = 1000
  readonly #timers = new Set<{ readonly at: number; readonly wake: () => void }>()

  now(): number {
    return this.#now
  }

  wakeAt(at: number, wake: () => void): () => void {
    const timer = { at, wake }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** The next timer's time. */
  get nextAt(): number | undefined {
    return this.#timers.size === 0 ? undefined : Math.min(...[...this.#timers].map(({ at }) => at))
  }

  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.wake()
    }
    this.#now = until
  }
}

/** Time that passes only, and always, when somebody looks at it: no two looks agree. */
export class RestlessClock implements Clock {
  #now = 0

  now(): number {
    this.#now += 0.4
    return this.#now
  }

  wakeAt(at: number, wake: () => void): () => void {
    const look = (): void => {
      if (this.now() >= at) wake()
      else timer = setImmediate(look)
    }
    let timer = setImmediate(look)
    return () => clearImmediate(timer)
  }
}
