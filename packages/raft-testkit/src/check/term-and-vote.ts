import type { HardState } from 'raft-core'
import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * A directory's term never falls, on disk and in memory, over restarts too; it is stored before any entry of it; and it votes for at most one member in a term
 * (Raft paper 5.2; hashicorp/raft #661).
 */
export function termAndVote(): Invariant {
  const name = 'term and vote'
  const durable = new Map<string, HardState>()
  const seen = new Map<string, number>()
  return {
    name,
    onDurable({ id, incarnation, entries, hardState }) {
      const before = durable.get(incarnation)
      const newest = entries.at(-1)?.term ?? 0
      if (newest > ((hardState ?? before)?.term ?? 0))
        throw new Violation(name, `${id} stored an entry of term ${newest} before that term`)
      if (hardState === undefined) return
      durable.set(incarnation, hardState)
      if (before === undefined) return
      if (hardState.term < before.term)
        throw new Violation(name, `${id} stored term ${hardState.term} after ${before.term}`)
      const hasChanged =
        before.votedFor !== undefined && before.votedFor.incarnation !== hardState.votedFor?.incarnation
      if (hardState.term === before.term && hasChanged) {
        throw new Violation(
          name,
          `${id} voted for ${before.votedFor?.id} and ${hardState.votedFor?.id} in term ${before.term}`,
        )
      }
    },
    afterEvent({ id, incarnation, boot, state }) {
      if (state.term < (seen.get(boot) ?? 0)) throw new Violation(name, `${id} fell to term ${state.term}`)
      const stored = durable.get(incarnation)
      if (stored && state.term < stored.term) throw new Violation(name, `${id} forgot the term ${stored.term}`)
      const hasForgotten = stored?.votedFor !== undefined && stored.votedFor.incarnation !== state.votedFor?.incarnation
      if (stored?.term === state.term && hasForgotten)
        throw new Violation(name, `${id} forgot its vote of term ${state.term}`)
      seen.set(boot, state.term)
    },
  }
}
