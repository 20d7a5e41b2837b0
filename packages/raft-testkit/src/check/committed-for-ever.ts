import { logTermAt } from './log-terms.ts'
import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * What one node knows to be committed is what every node ever commits there, and every later leader has it (Raft paper,
 * figure 3: Leader Completeness). A commit index never falls within a start.
 */
export function committedForEver(): Invariant {
  const name = 'committed for ever'
  const terms: number[] = [0]
  /** In which term each was first known to be committed. */
  const since: number[] = [0]
  const commits = new Map<string, number>()
  const leaders = new Set<string>()
  return {
    name,
    afterEvent({ id, boot, state }) {
      const before = commits.get(boot) ?? 0
      if (state.commit < before)
        throw new Violation(name, `the commit index of ${id} fell from ${before} to ${state.commit}`)
      if (state.commit > state.log.lastIndex) throw new Violation(name, `${id} commits beyond its log`)
      commits.set(boot, state.commit)
      for (let index = before + 1; index <= state.commit; index++) {
        const term = logTermAt(state, index)
        if (term === undefined) continue
        terms[index] ??= term
        since[index] ??= state.term
        if (terms[index] !== term)
          throw new Violation(name, `${index}@${terms[index]} was committed, ${id} has ${index}@${term}`)
      }
      if (state.role.kind !== 'leader' || leaders.has(`${boot}/${state.term}`)) return
      leaders.add(`${boot}/${state.term}`)
      // A candidate that slept may win an old term late; it owes only what was committed in earlier ones.
      const last = since.findLastIndex((committed) => committed < state.term)
      const term = logTermAt(state, last)
      if (last > state.log.base.index && term !== terms[last]) {
        throw new Violation(name, `${id} leads term ${state.term} without the committed entry ${last}@${terms[last]}`)
      }
    },
  }
}
