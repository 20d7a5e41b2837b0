import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/** At most one leader in a term (Raft paper, figure 3: Election Safety). */
export function electionSafety(): Invariant {
  const name = 'election safety'
  const leaders = new Map<number, string>()
  return {
    name,
    afterEvent({ id, incarnation, state }) {
      if (state.role.kind !== 'leader') return
      const member = `${id}/${incarnation}`
      const known = leaders.get(state.term)
      if (known === undefined) leaders.set(state.term, member)
      else if (known !== member) throw new Violation(name, `${known} and ${member} both lead term ${state.term}`)
    },
  }
}
