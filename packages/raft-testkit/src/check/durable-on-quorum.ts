import { type Configuration, type PlacedConfiguration, voterLists } from 'raft-core'
import { logTermAt } from './log-terms.ts'
import type { ClusterObservation, Invariant, NodeObservation } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * When a leader commits an entry, a majority of the voters that its configuration names has it on disk, under the
 * directories that it names; and the entry is of the leader's own term (Raft paper 5.4.2; openraft #1802).
 */
export function durableOnQuorum(): Invariant {
  const name = 'durable on a quorum'
  const before = new Map<string, { readonly commit: number; readonly placed: PlacedConfiguration }>()
  return {
    name,
    afterEvent(node, cluster) {
      const { id, boot, state } = node
      const placed = state.configurations.at(-1)!
      const known = before.get(boot)
      if (known?.commit === state.commit && known.placed === placed) return
      before.set(boot, { commit: state.commit, placed })
      const { role, commit } = state
      // A snapshot that was still on its way when this node was elected may bring commits too.
      if (role.kind !== 'leader' || commit <= (known?.commit ?? 0) || commit === state.snapshot.index) return
      const term = logTermAt(state, commit)
      if (term !== state.term) {
        throw new Violation(name, `${id} committed ${commit}@${term} by counting in term ${state.term}`)
      }
      // A turn may append a configuration before it counts, or because it counted: either is what was counted by.
      const counted = known ? [placed, known.placed] : [placed]
      if (counted.some(({ configuration }) => missing(node, term, configuration, cluster) === undefined)) return
      const what = missing(node, term, placed.configuration, cluster)
      throw new Violation(name, `${id} committed ${commit}@${term}, durable on ${what}`)
    },
  }
}

/** Who has the entry, if that is no majority of the voters. */
function missing(
  { state: { commit } }: NodeObservation,
  term: number,
  configuration: Configuration,
  cluster: ClusterObservation,
): string | undefined {
  for (const voters of voterLists(configuration)) {
    const holders = voters.filter((voter) => {
      const stored = cluster.durableTerm(voter.id, voter.incarnation, commit)
      // What a disk has compacted was committed, by a leader that was quicker than this one.
      return stored === term || (stored === undefined && cluster.durableIndex(voter.id, voter.incarnation) > commit)
    })
    if (holders.length * 2 > voters.length) continue
    return `${holders.map((holder) => holder.id).join(', ') || 'nobody'} of ${voters.length}`
  }
  return undefined
}
