/**
 * Stops a node whose state broke an invariant. Assertions stay on in production: going on with a broken state costs more than
 * a restart.
 */
export function assert(holds: boolean, invariant: string): asserts holds {
  if (!holds) throw new InvariantError(invariant)
}

/** A bug in this library, never a user's mistake. */
export class InvariantError extends Error {
  constructor(invariant: string) {
    super(`invariant broken: ${invariant}`)
    this.name = 'InvariantError'
  }
}
