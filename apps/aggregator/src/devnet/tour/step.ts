import type { Clock } from '../clock.ts'
import type { Devnet } from '../devnet.ts'
import { formatMs } from '../format.ts'
import { until } from '../until.ts'
import { CheckFailed } from './check-failed.ts'

/** What a step of the tour works with. */
export interface StepContext {
  readonly devnet: Devnet
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Tells how far it is. */
  readonly say: (text: string) => void
}

/** One step of the tour. */
export interface Step {
  readonly name: string
  /** Answers what it found, in a line. Throws `CheckFailed`. */
  readonly run: (context: StepContext) => Promise<string>
}

/**
 * Waits for something that must come: `what` completes "there was no …". Throws `CheckFailed` after `limitMs`, and at once
 * when a node ends by itself.
 */
export async function expect<T>(
  { devnet, clock, signal }: StepContext,
  what: string,
  limitMs: number,
  answer: () => T | undefined | false,
): Promise<T> {
  const { falls } = devnet
  const found = await until(() => (falls.length > 0 ? { falls } : wrap(answer())), limitMs, clock, signal)
  if (found === undefined) throw new CheckFailed(`there was no ${what} within ${formatMs(limitMs)}`)
  if ('falls' in found) throw new CheckFailed(`a node ended by itself: ${falls.join('; ')}`)
  return found.value
}

function wrap<T>(value: T | undefined | false): { readonly value: T } | undefined {
  return value === undefined || value === false ? undefined : { value }
}

/** Throws `CheckFailed` with `message` unless `isTrue`. */
export function check(isTrue: boolean, message: () => string): void {
  if (!isTrue) throw new CheckFailed(message())
}
