import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * All state machines apply the same entries in the same order (Raft paper, figure 3: State Machine Safety), a snapshot holds
 * what applying gives, and nobody goes back within a start or too far beyond its own disk.
 */
export function stateMachineSafety(): Invariant {
  const name = 'state machine safety'
  const digests: number[] = []
  const applied = new Map<string, number>()
  return {
    name,
    onApplied({ id, index, term, digest }) {
      digests[index] ??= digest
      if (digests[index] !== digest) throw new Violation(name, `${id} applied another history through ${index}@${term}`)
    },
    onRestored(id, index, digest) {
      if (index > 0 && digests[index] !== digest)
        throw new Violation(name, `${id} restored another history through ${index} than was applied`)
    },
    afterEvent({ id, boot, state, appliedIndex }) {
      if (appliedIndex > state.commit)
        throw new Violation(name, `${id} applied ${appliedIndex}, committed ${state.commit}`)
      const ahead = state.settings.limits.appliedAheadEntries
      // What a snapshot brought may be applied before the log is durably cut to it: the snapshot is on disk.
      if (appliedIndex > Math.max(state.log.durableIndex + ahead, state.snapshot.index)) {
        throw new Violation(name, `${id} applied ${appliedIndex}, durable is ${state.log.durableIndex}`)
      }
      if (appliedIndex < (applied.get(boot) ?? 0)) throw new Violation(name, `${id} went back to ${appliedIndex}`)
      applied.set(boot, appliedIndex)
    },
  }
}
