import type { Clock } from './ports/clock.ts'

/** A signal that follows another one and may also be aborted by itself or by a deadline; `dispose` lets go of both. */
export interface Deadline {
  readonly signal: AbortSignal
  abort(reason: Error): void
  dispose(): void
}

/** Aborts with `late()` at `atMs` on the clock, or with the outer signal's reason before. */
export function deadline(clock: Clock, atMs: number, late: () => Error, outer?: AbortSignal): Deadline {
  const controller = new AbortController()
  const abort = (reason: unknown): void => controller.abort(reason)
  const follow = (): void => abort(outer?.reason)
  if (outer?.aborted) follow()
  outer?.addEventListener('abort', follow, { once: true })
  const cancel = clock.wakeAt(atMs, () => abort(late()))
  return {
    signal: controller.signal,
    abort,
    dispose() {
      cancel()
      outer?.removeEventListener('abort', follow)
    },
  }
}

/** The promise, or the signal's reason as a rejection, whichever comes first. */
export async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (stop) signal.removeEventListener('abort', stop)
  }
}
