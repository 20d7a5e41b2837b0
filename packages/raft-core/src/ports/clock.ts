import type { TimeMs } from '../types.ts'

/** A monotonic clock and the timers on it. */
export interface Clock {
  /** Never goes backwards, also when the wall clock does. */
  now(): TimeMs
  /** Calls `wake` once, at or after `at`; the returned function cancels. `wake` is never called synchronously. */
  wakeAt(at: TimeMs, wake: () => void): () => void
}
