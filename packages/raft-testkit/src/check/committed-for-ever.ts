import type { Invariant, NodeObservation } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * What one node knows to be committed is what every node ever commits there, and every later leader has it (Raft paper,
 * figure 3: Leader Completeness). A commit index never falls within a start.
 */
export function committedForEver(): Invariant {
  const name = 'committed for ever'
  const terms: number[] = [0]
  const commits = new Map<string, number>()
  const leaders = new Set<string>()
  return {
    name,
    afterEvent(node) {
      const { id, incarnation, bootCounter, state } = node
      const boot = `${incarnation}/${bootCounter}`
      const before = commits.get(boot) ?? 0
      if (state.commit < before)
        throw new Violation(name, `the commit index of ${id} fell from ${before} to ${state.commit}`)
      if (state.commit > state.log.lastIndex) throw new Violation(name, `${id} commits beyond its log`)
      commits.set(boot, state.commit)
      for (let index = before + 1; index <= state.commit; index++) {
        const term = termAt(node, index)
        if (term === undefined) continue
        terms[index] ??= term
        if (terms[index] !== term)
          throw new Violation(name, `${index}@${terms[index]} was committed, ${id} has ${index}@${term}`)
      }
      if (state.role.kind !== 'leader' || leaders.has(`${boot}/${state.term}`)) return
      leaders.add(`${boot}/${state.term}`)
      // A candidate that slept may win an old term late; it owes only what earlier terms committed.
      const last = terms.findLastIndex((committed) => committed < state.term)
      const term = termAt(node, last)
      if (last > state.log.base.index && term !== terms[last]) {
        throw new Violation(name, `${id} leads term ${state.term} without the committed entry ${last}@${terms[last]}`)
      }
    },
  }
}

function termAt({ state: { log } }: NodeObservation, index: number): number | undefined {
  if (index === log.base.index) return log.base.term
  if (index < log.base.index || index > log.lastIndex) return undefined
  return log.terms.findLast((run) => run.from <= index)?.term
}
