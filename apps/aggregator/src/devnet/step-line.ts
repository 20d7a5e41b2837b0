import type { Writable } from 'node:stream'
import type { Clock } from './clock.ts'
import { formatSeconds } from './format.ts'

const nameWidth = 18
const tickMs = 100

/** Does something slow and says in one line what, and how long it took; on a terminal the seconds run. */
export async function stepLine<T>(
  name: string,
  work: () => Promise<T>,
  stdout: Writable & { readonly isTTY?: boolean },
  clock: Clock,
): Promise<T> {
  const began = clock.now()
  const line = (): string => `${name.padEnd(nameWidth)} ${formatSeconds(clock.now() - began)}`
  const over = new AbortController()
  const ticking = (async () => {
    while (stdout.isTTY === true && !over.signal.aborted) {
      stdout.write(`\r${line()}`)
      await clock.sleep(tickMs, over.signal)
    }
  })()
  try {
    const result = await work()
    over.abort()
    await ticking
    stdout.write(`${stdout.isTTY === true ? '\r' : ''}${line()}\n`)
    return result
  } catch (error) {
    over.abort()
    await ticking
    if (stdout.isTTY === true) stdout.write('\n')
    throw error
  }
}
