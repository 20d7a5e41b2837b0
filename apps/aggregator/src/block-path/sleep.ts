import type { Clock } from 'raft-core'

/** Resolves at `at` on the clock. Rejects with the abort signal's reason. */
export function sleepUntil(clock: Clock, at: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (abort.aborted) return reject(abort.reason as Error)
    const cancel = clock.wakeAt(at, () => {
      abort.removeEventListener('abort', stop)
      resolve()
    })
    const stop = (): void => {
      cancel()
      reject(abort.reason as Error)
    }
    abort.addEventListener('abort', stop, { once: true })
  })
}
