import { voterLists } from 'raft-core'
import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * When a leader commits an entry, a majority of the voters that its configuration names has it on disk, under the
 * directories that it names; and the entry is of the leader's own term (Raft paper 5.4.2; openraft #1802).
 */
export function durableOnQuorum(): Invariant {
  const name = 'durable on a quorum'
  const commits = new Map<string, number>()
  return {
    name,
    afterEvent({ id, incarnation, bootCounter, state }, cluster) {
      const boot = `${incarnation}/${bootCounter}`
      const before = commits.get(boot) ?? 0
      commits.set(boot, state.commit)
      if (state.role.kind !== 'leader' || state.commit <= before || state.commit < state.role.openingIndex) return
      const term = state.log.terms.findLast((run) => run.from <= state.commit)?.term
      if (term !== state.term)
        throw new Violation(name, `${id} committed ${state.commit}@${term} by counting in term ${state.term}`)
      const inForce = state.configurations.at(-1)!
      for (const voters of voterLists(inForce.configuration)) {
        const holders = voters.filter(
          (voter) => cluster.durableTerm(voter.id, voter.incarnation, state.commit) === term,
        )
        if (holders.length * 2 > voters.length) continue
        const names = holders.map((holder) => holder.id).join(', ') || 'nobody'
        throw new Violation(name, `${id} committed ${state.commit}@${term}, durable on ${names} of ${voters.length}`)
      }
    },
  }
}
