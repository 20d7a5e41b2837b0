import type { Done, DoneWith } from 'raft-core'

/** Tells a callback how a promise ended. What the callback itself throws is not caught: it is a bug of its owner. */
export function report(work: Promise<unknown>, done: Done): void {
  work.then(
    () => setImmediate(done),
    (error: unknown) => setImmediate(done, asError(error)),
  )
}

/** Like {@link report}, with the result. */
export function reportResult<Result>(work: Promise<Result>, done: DoneWith<Result>): void {
  work.then(
    (result) => setImmediate(done, undefined, result),
    (error: unknown) => setImmediate(done, asError(error)),
  )
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
