import type { Clock } from './clock.ts'

const lookEveryMs = 50

/** Looks until `answer` is something. Undefined when `limitMs` passed or `signal` aborted before. */
export async function until<T>(
  answer: () => T | undefined | false,
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> {
  const end = clock.now() + limitMs
  for (;;) {
    const found = answer()
    if (found !== undefined && found !== false) return found
    if (signal.aborted || clock.now() >= end) return undefined
    await clock.sleep(lookEveryMs, signal)
  }
}
