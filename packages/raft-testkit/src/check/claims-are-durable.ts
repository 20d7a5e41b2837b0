import type { HardState, Message, ServerId } from 'raft-core'
import { logTermAt } from './log-terms.ts'
import type { ClusterObservation, Invariant, NodeObservation } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * What a node says to others is on its disk before it says it: its term, its vote, and the entries that it acknowledges, which,
 * like those that it merely accepts, are those of the leader that asked (Raft paper 5.1, figure 2; bugs 6, 8 and 13 of the catalogue in raft-anchors 3.8).
 */
export function claimsAreDurable(): Invariant {
  const name = 'claims are durable'
  const votes = new Map<string, ServerId>()
  return {
    name,
    afterEvent({ id, incarnation, state }, cluster) {
      if (state.role.kind !== 'leader') return
      const stored = cluster.durableHardState(id, incarnation)
      if (stored === undefined || stored.term < state.term)
        throw new Violation(name, `${id} leads term ${state.term}, its disk says ${stored?.term}`)
    },
    onSent(node, to, { message }, cluster) {
      const { id, incarnation } = node
      const claimed = claimedTerm(message)
      if (claimed === undefined) return
      const stored = cluster.durableHardState(id, incarnation)
      if (stored === undefined || stored.term < claimed) {
        throw new Violation(name, `${id} says term ${claimed} in ${message.kind}, its disk says ${stored?.term}`)
      }
      if (message.kind === 'voteResponse' && message.granted) {
        checkVote(node, to, claimed, stored)
        const vote = `${incarnation}@${claimed}`
        const before = votes.get(vote) ?? to
        votes.set(vote, to)
        if (before !== to) throw new Violation(name, `${id} gave its vote of term ${claimed} to ${before} and to ${to}`)
      }
      // An answer may be overtaken by a later term that cut what it acknowledges; it counts for nothing then, because the new
      // leader's majority never had it.
      const isOver = message.kind !== 'snapshotChunkResponse' && claimed < node.state.term
      const durable = claimedIndex(message)
      if (durable > 0 && !isOver) checkEntries(node, claimed, durable, cluster)
      const accepted = acceptedIndex(message)
      if (accepted > 0 && !isOver) checkAccepted(node, claimed, accepted, cluster)
    },
  }

  function checkVote({ id }: NodeObservation, to: ServerId, term: number, stored: HardState): void {
    if (stored.term === term && stored.votedFor?.id !== to) {
      throw new Violation(name, `${id} votes for ${to} in term ${term}, its disk says ${stored.votedFor?.id}`)
    }
  }

  function checkEntries(
    { id, incarnation }: NodeObservation,
    term: number,
    index: number,
    cluster: ClusterObservation,
  ): void {
    const last = cluster.durableIndex(id, incarnation)
    if (last < index) throw new Violation(name, `${id} acknowledges ${index}, its disk ends at ${last}`)
    const leader = cluster.leader(term)
    const wanted = leader && logTermAt(leader.state, index)
    const stored = cluster.durableTerm(id, incarnation, index)
    if (wanted !== undefined && stored !== undefined && wanted !== stored) {
      throw new Violation(name, `${id} acknowledges ${index} to ${leader?.id} as ${wanted}, and has ${stored}`)
    }
  }

  function checkAccepted(
    { id, state }: NodeObservation,
    term: number,
    index: number,
    cluster: ClusterObservation,
  ): void {
    const leader = cluster.leader(term)
    const wanted = leader && logTermAt(leader.state, index)
    const held = logTermAt(state, index)
    if (index > state.log.lastIndex)
      throw new Violation(name, `${id} accepts ${index}, its log ends at ${state.log.lastIndex}`)
    if (wanted !== undefined && held !== undefined && wanted !== held) {
      throw new Violation(name, `${id} accepts ${index} from ${leader?.id} as ${wanted}, and has ${held}`)
    }
  }
}

/** The term that the sender would break its word by forgetting; undefined when it gives none. */
function claimedTerm(message: Message): number | undefined {
  switch (message.kind) {
    case 'voteRequest':
      return message.preVote ? undefined : message.term
    case 'voteResponse':
      return message.preVote ? undefined : message.granted ? message.requestTerm : message.term
    case 'appendRequest':
    case 'appendResponse':
    case 'heartbeat':
    case 'heartbeatResponse':
    case 'timeoutNow':
    case 'snapshotChunk':
      return message.term
    case 'snapshotChunkResponse':
      return message.installed ? 0 : undefined
    case 'identify':
    case 'admit':
    case 'application':
      return undefined
  }
}

/** The last index that the sender says it will never lose; 0 when it says nothing of the kind. */
function claimedIndex(message: Message): number {
  if (message.kind === 'appendResponse') return message.accepted ? message.durableIndex : 0
  if (message.kind === 'heartbeatResponse') return message.durableIndex
  if (message.kind === 'snapshotChunkResponse') return message.installed ? message.snapshotIndex : 0
  return 0
}

/** The last index up to which the sender says that its log equals the leader's, durable or not. */
function acceptedIndex(message: Message): number {
  if (message.kind === 'appendResponse') return message.accepted ? message.acceptedIndex : 0
  return message.kind === 'heartbeatResponse' ? message.acceptedIndex : 0
}
