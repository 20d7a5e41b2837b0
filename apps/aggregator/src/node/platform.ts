import { createHash, randomBytes } from 'node:crypto'
import type { Clock, Random, Sha256 } from 'raft-core'

/** Node's monotonic clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wakeAt(at, wake) {
    let timer: NodeJS.Timeout
    // A timer may fire a fraction of a millisecond early; the contract says never.
    const arm = (): void => {
      timer = setTimeout(
        () => (performance.now() < at ? arm() : wake()),
        Math.max(0, Math.ceil(at - performance.now())),
      )
    }
    arm()
    return () => clearTimeout(timer)
  },
}

/** The operating system's randomness. */
export const systemRandom: Random = { bytes: (length) => randomBytes(length) }

export const sha256: Sha256 = (bytes) => createHash('sha256').update(bytes).digest()
