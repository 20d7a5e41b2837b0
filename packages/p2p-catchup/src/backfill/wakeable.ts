import type { Clock } from '../ports/clock.ts'

/** Lets one loop sleep until something happens; what happens while it is awake is not lost. */
export class Wakeable {
  readonly #clock: Clock
  #isWoken = false
  #wake: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wake(): void {
    this.#isWoken = true
    this.#wake?.()
  }

  /** Resolves at `at` on the clock, or when woken, or at once when that happened since the last time; also when aborted. */
  sleep(at: number | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = at === undefined ? undefined : this.#clock.wakeAt(at, () => this.wake())
      this.#wake = () => {
        this.#wake = undefined
        this.#isWoken = false
        cancel?.()
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const abort = (): void => this.wake()
      signal.addEventListener('abort', abort)
      if (this.#isWoken || signal.aborted) this.#wake()
    })
  }
}
