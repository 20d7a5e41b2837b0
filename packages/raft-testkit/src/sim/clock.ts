import type { Clock } from 'raft-core'
import type { World } from './world.ts'

/** The clock of one node: it shows `rate` times the time that passes, and wakes through `run`. */
export function ratedClock(world: World, rate: number, run: (action: () => void) => void): Clock {
  return {
    now: () => world.now * rate,
    wakeAt: (at, wake) => {
      let due = Math.max(at / rate, world.now)
      // The division may round to just before `at`.
      while (due * rate < at) due *= 1 + Number.EPSILON
      // A process that stands still runs the wake later; it may be cancelled until then.
      let isCancelled = false
      const cancel = world.at(due, () => run(() => (isCancelled ? undefined : wake())))
      return () => {
        isCancelled = true
        cancel()
      }
    },
  }
}
