import { assert } from '../assert.ts'
import { encodeEntry } from '../codec/entry-record.ts'
import { encodeOpening } from '../codec/opening.ts'
import { isVoter, replicatedServers } from '../configuration.ts'
import type { EntryType } from '../entry.ts'
import type { LogIndex, ServerId } from '../types.ts'
import { quorumContactAt, startRound } from './heartbeat.ts'
import { newProgress } from './progress.ts'
import { becomeFollower } from './roles.ts'
import { latestConfiguration, type Leader } from './state.ts'
import { event, type Turn, writeEntries } from './turn.ts'

/** Takes the leadership that the votes gave, and opens the term with an entry of its own. */
export function becomeLeader(turn: Turn): void {
  const { state, now } = turn
  assert(state.role.kind === 'candidate', 'only a candidate becomes leader')
  const leader: Leader = {
    kind: 'leader',
    peers: new Map(),
    openingIndex: state.log.lastIndex + 1,
    round: 0,
    rounds: [],
    heartbeatAt: now,
    quorumAt: now,
    stalledMs: 0,
    uncommittedBytes: 0,
    reads: [],
    transfer: undefined,
    jointRequest: undefined,
  }
  state.role = leader
  syncPeers(turn, leader)
  event(turn, { kind: 'roleChanged', role: 'leader', term: state.term, cause: 'electionWon' })
  event(turn, { kind: 'leaderChanged', leader: state.self, term: state.term })
  const { clusterId, epoch, self, term } = state
  appendAsLeader(turn, leader, 'opening', encodeOpening({ clusterId, epoch, leader: self, term }))
  startRound(turn, leader)
}

/** Appends one entry of the current term and returns its index; it is replicated when the turn settles. */
export function appendAsLeader(turn: Turn, leader: Leader, type: EntryType, payload: Uint8Array): LogIndex {
  const { state } = turn
  const entry = encodeEntry(state.log.lastIndex + 1, state.term, type, payload, state.settings.crc32)
  writeEntries(turn, [entry])
  leader.uncommittedBytes += entry.record.length
  return entry.index
}

/** Keeps one progress for each server of the latest configuration but this one. */
export function syncPeers(turn: Turn, leader: Leader): void {
  const { state, now } = turn
  const servers = replicatedServers(latestConfiguration(state).configuration).filter(({ id }) => id !== state.self.id)
  const gone = [...leader.peers.keys()].filter((id) => !servers.some((server) => server.id === id))
  for (const id of gone) forgetPeer(turn, leader, id)
  for (const { id, incarnation } of servers) {
    if (leader.peers.get(id)?.incarnation === incarnation) continue
    forgetPeer(turn, leader, id)
    leader.peers.set(id, newProgress(incarnation, state.log.lastIndex + 1, now))
  }
}

/**
 * A leader that reached no quorum for a lease cannot commit anything: it makes room. While this process stood still it could not
 * hear anybody; only the time that it was awake counts, so that it asks once more before it gives up.
 */
export function stepDownWithoutQuorum(turn: Turn, leader: Leader, stalledMs: number): void {
  const { state, now } = turn
  const quorumAt = quorumContactAt(state, leader, now)
  const stalledBefore = quorumAt === leader.quorumAt ? leader.stalledMs : 0
  leader.quorumAt = quorumAt
  leader.stalledMs = stalledBefore + stalledMs
  if (now - quorumAt - leader.stalledMs < state.settings.leaderLeaseTimeoutMs) return
  becomeFollower(turn, undefined, 'leaseLost')
}

/** A leader that its own committed configuration no longer counts leaves. */
export function stepDownWhenRemoved(turn: Turn): void {
  const { state } = turn
  const placed = latestConfiguration(state)
  if (placed.index > state.commit || isVoter(placed.configuration, state.self)) return
  becomeFollower(turn, undefined, 'removed')
}

function forgetPeer(turn: Turn, leader: Leader, id: ServerId): void {
  if (leader.peers.get(id)?.mode === 'snapshot') turn.effects.push({ kind: 'stopSnapshot', to: id })
  leader.peers.delete(id)
}
