import { ProofError } from './errors.ts'

/** A condition of these stories comes within seconds; a machine that others use as well gets this. */
const patienceMs = 90_000

/** How often a condition is looked at. */
const lookEveryMs = 20

/** How long to wait, and what else ends the wait. */
export interface Waiting {
  readonly patienceMs?: number
  readonly lookEveryMs?: number
  /** Throws when waiting on is pointless. */
  readonly check?: () => void
}

/**
 * Looks until there is something: neither undefined nor false. `what` says what is waited for, as in "node-1 leads"; without
 * it in time `TIMED_OUT`.
 */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  waiting: Waiting = {},
): Promise<Found> {
  const limitMs = waiting.patienceMs ?? patienceMs
  const deadline = performance.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    waiting.check?.()
    if (performance.now() > deadline) throw new ProofError('TIMED_OUT', `waited ${limitMs / 1000} s until ${what}`)
    await pause(waiting.lookEveryMs ?? lookEveryMs)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
