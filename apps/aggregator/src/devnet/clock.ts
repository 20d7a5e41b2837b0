import { setTimeout as wait } from 'node:timers/promises'

/** Time as the devnet sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds that only grow; for durations. */
  now(): number
  /** Milliseconds since 1970, comparable with the times in blocks. */
  wallNow(): number
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await wait(ms, undefined, { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  },
}
