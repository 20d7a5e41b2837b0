import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/** Nobody knows of a commit before a leader made it: not from a longer log, a message that says too much, or a restart. */
export function leadersCommit(): Invariant {
  const name = 'leaders commit'
  const leading = new Set<string>()
  let reached = 0
  return {
    name,
    onSent({ state }) {
      // A leader may die in the middle of telling others.
      if (state.role.kind === 'leader') reached = Math.max(reached, state.commit)
    },
    afterEvent({ id, boot, state: { role, commit } }) {
      // A leader that is removed leaves in the very turn that commits it.
      const isLeader = role.kind === 'leader'
      if (isLeader || leading.has(boot)) reached = Math.max(reached, commit)
      if (isLeader) leading.add(boot)
      else leading.delete(boot)
      if (commit > reached) throw new Violation(name, `${id} commits ${commit}, no leader did beyond ${reached}`)
    },
  }
}
