import type { Clock } from 'raft-core'

/** A clock that moves when told to. */
export class ManualClock implements Clock {
  /** How far ahead each timer was set, in order. */
  readonly waits: number[] = []
  readonly #timers = new Set<{ readonly at: number; readonly wake: () => void }>()
  #now = 0

  now(): number {
    return this.#now
  }

  wakeAt(at: number, wake: () => void): () => void {
    this.waits.push(at - this.#now)
    const timer = { at, wake }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Jumps ahead in one step: what is due fires once, late, as after a stall of the process. */
  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const timer of this.#timers) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue
      timer.wake()
    }
  }
}
