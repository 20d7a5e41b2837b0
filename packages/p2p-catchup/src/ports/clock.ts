/** A monotonic clock in milliseconds, and the timers on it; raft-core's `Clock` fits. */
export interface Clock {
  /** Never goes backwards, also when the wall clock does. */
  now(): number
  /** Calls `wake` once, at or after `at`; the returned function cancels. `wake` is never called synchronously. */
  wakeAt(at: number, wake: () => void): () => void
}
