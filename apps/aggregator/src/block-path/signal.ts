/** Wakes whoever waits when something may have changed. A wake that nobody waits for is remembered. */
export class Signal {
  #waiting: (() => void)[] = []
  #isRaised = false

  raise(): void {
    this.#isRaised = true
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Resolves at the next raise, or at once if one came since the last wait. Rejects with the abort signal's reason. */
  async wait(abort: AbortSignal): Promise<void> {
    abort.throwIfAborted()
    if (!this.#isRaised) {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => {
          this.#waiting = this.#waiting.filter((wake) => wake !== go)
          // The reason of an abort signal is what its owner chose; it is passed on as it is.
          reject(abort.reason as Error)
        }
        const go = (): void => {
          abort.removeEventListener('abort', stop)
          resolve()
        }
        this.#waiting.push(go)
        abort.addEventListener('abort', stop, { once: true })
      })
    }
    this.#isRaised = false
  }
}
