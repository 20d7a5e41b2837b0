import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * All state machines apply the same entries in the same order (Raft paper, figure 3: State Machine Safety), never beyond what
 * is committed, and never backwards within a start.
 */
export function stateMachineSafety(): Invariant {
  const name = 'state machine safety'
  const digests: number[] = []
  const applied = new Map<string, number>()
  return {
    name,
    onApplied(id, index, term, _payload, digest) {
      digests[index] ??= digest
      if (digests[index] !== digest) throw new Violation(name, `${id} applied another history through ${index}@${term}`)
    },
    afterEvent({ id, incarnation, bootCounter, state, appliedIndex }) {
      if (appliedIndex > state.commit)
        throw new Violation(name, `${id} applied ${appliedIndex}, committed ${state.commit}`)
      const ahead = state.settings.limits.appliedAheadEntries
      if (appliedIndex > Math.max(state.log.durableIndex + ahead, state.snapshot.index)) {
        throw new Violation(name, `${id} applied ${appliedIndex}, durable is ${state.log.durableIndex}`)
      }
      const boot = `${incarnation}/${bootCounter}`
      if (appliedIndex < (applied.get(boot) ?? 0)) throw new Violation(name, `${id} went back to ${appliedIndex}`)
      applied.set(boot, appliedIndex)
    },
  }
}
