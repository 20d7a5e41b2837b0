import { type Envelope, type Message, protocolVersion } from '../message.ts'
import type { Member, TimeMs } from '../types.ts'
import { onAdmit, promoteStaging } from './admission.ts'
import { advanceApply, advanceCommit, tellCommit } from './commit.ts'
import { recordDurable } from './durable.ts'
import type { Effect } from './effect.ts'
import {
  countOwnVote,
  onElectionDeadline,
  onTimeoutNow,
  onVoteResponse,
  startPreVote,
  suspectLeader,
} from './election.ts'
import { onAppendRequest, onHeartbeat, onSnapshotChunk, refuseStaleLeader } from './following.ts'
import { startRound } from './heartbeat.ts'
import type { Input } from './input.ts'
import { stepDownWhenRemoved, stepDownWithoutQuorum } from './leadership.ts'
import { evict } from './log.ts'
import { changeConfiguration, leaveJoint } from './membership.ts'
import { onPropose } from './proposals.ts'
import { answerReads, verifyLeader } from './reads.ts'
import {
  onAppendResponse,
  onEntriesRead,
  onHeartbeatResponse,
  onPeerFound,
  onPeerLost,
  onSnapshotChunkResponse,
  onSnapshotFailed,
  replicateToAll,
} from './replication.ts'
import { adoptTerm } from './roles.ts'
import { patienceMs } from './settings.ts'
import { onSnapshotReceived, onSnapshotTaken } from './snapshots.ts'
import type { RaftState } from './state.ts'
import { endLateTransfer, endTransferTo, orderTakeover, transferLeadership } from './transfer.ts'
import { beginTurn, endTurn, event, type Turn } from './turn.ts'
import { onVoteRequest } from './voting.ts'

/**
 * Raft, one input at a time: changes `state` and returns what the driver must do, in order.
 *
 * Synchronous and pure: the same state, time and input give the same result, and nothing else is read or touched. `now` never
 * goes backwards. Throws only `InvariantError`, after which the state must not be used again.
 */
export function step(state: RaftState, now: TimeMs, input: Input): readonly Effect[] {
  const turn = beginTurn(state, now)
  handle(turn, input)
  settle(turn)
  return endTurn(turn)
}

/** The earliest time at which `time` must be called even if nothing else happens. */
export function nextDeadline(state: RaftState): TimeMs {
  const { role } = state
  if (role.kind === 'follower') return role.campaignAt
  if (role.kind !== 'leader') return role.deadline
  return Math.min(role.heartbeatAt, role.transfer?.deadline ?? Number.POSITIVE_INFINITY)
}

function handle(turn: Turn, input: Input): void {
  const { state } = turn
  switch (input.kind) {
    case 'message':
      return onEnvelope(turn, input.envelope)
    case 'propose':
      return onPropose(turn, input.proposals)
    case 'verifyLeader':
      return verifyLeader(turn, input.request)
    case 'transfer':
      return transferLeadership(turn, input.request, input.target)
    case 'changeConfiguration':
      return changeConfiguration(turn, input)
    case 'durable':
      recordDurable(turn, input.write)
      return countOwnVote(turn)
    case 'entriesRead':
      return onEntriesRead(turn, input.to, input.term, input.entries)
    case 'snapshotTaken':
      return onSnapshotTaken(turn, input.metadata, input.compactTo)
    case 'snapshotReceived':
      return onSnapshotReceived(turn, input.metadata)
    case 'snapshotFailed':
      return onSnapshotFailed(turn, input.to)
    case 'peerUp':
      state.gone.delete(input.id)
      return state.role.kind === 'leader' ? onPeerFound(state.role, input.id) : undefined
    case 'peerDown':
      if (input.reason === 'refused') state.gone.add(input.id)
      if (state.role.kind === 'leader') {
        if (input.reason === 'refused' || input.reason === 'goodbye') endTransferTo(turn, state.role, input.id)
        return onPeerLost(state.role, input.id)
      }
      if (state.role.kind === 'follower' && state.role.leader?.id === input.id && input.reason === 'refused') {
        suspectLeader(turn)
      }
      return
    case 'readiness':
      state.readiness = input.readiness
      return
    case 'time':
      return onTime(turn, input.stalledMs)
  }
}

function onEnvelope(turn: Turn, envelope: Envelope): void {
  const { state } = turn
  const { from } = envelope
  state.gone.delete(from.id)
  if (envelope.version !== protocolVersion) return event(turn, { kind: 'messageRefused', from, reason: 'version' })
  if (envelope.message.kind === 'admit') return onAdmit(turn, from, envelope.message)
  if (envelope.clusterId !== state.clusterId) return event(turn, { kind: 'messageRefused', from, reason: 'cluster' })
  if (envelope.epoch !== state.epoch) return event(turn, { kind: 'messageRefused', from, reason: 'epoch' })
  onMessage(turn, from, envelope.message)
}

function onMessage(turn: Turn, from: Member, message: Message): void {
  const { state } = turn
  switch (message.kind) {
    case 'voteRequest':
      return onVoteRequest(turn, from, message)
    case 'voteResponse':
      return onVoteResponse(turn, from, message)
    case 'appendRequest':
    case 'heartbeat':
    case 'snapshotChunk':
      if (message.term < state.term) return refuseStaleLeader(turn, from, message)
      if (message.term > state.term) adoptTerm(turn, message.term, 'higherTerm')
      if (message.kind === 'appendRequest') return onAppendRequest(turn, from, message)
      if (message.kind === 'heartbeat') return onHeartbeat(turn, from, message)
      return onSnapshotChunk(turn, from, message)
    case 'appendResponse':
    case 'heartbeatResponse':
    case 'snapshotChunkResponse':
      if (message.term > state.term) return adoptTerm(turn, message.term, 'higherTerm')
      if (message.kind === 'appendResponse') return onAppendResponse(turn, from, message)
      if (message.kind === 'heartbeatResponse') return onHeartbeatResponse(turn, from, message)
      return onSnapshotChunkResponse(turn, from, message)
    case 'timeoutNow':
      return onTimeoutNow(turn, from, message)
    case 'identify':
    case 'admit':
    case 'application':
      return
  }
}

function onTime(turn: Turn, stalledMs: number): void {
  const { state, now } = turn
  const { role } = state
  if (role.kind === 'leader') {
    stepDownWithoutQuorum(turn, role, stalledMs)
    if (state.role !== role) return
    endLateTransfer(turn, role)
    if (now < role.heartbeatAt) return
    return startRound(turn, role)
  }
  if (role.kind === 'follower') {
    // While this process stood still it could not have heard anybody (TigerBeetle, raft-anchors 4.3).
    const longest = patienceMs(state.settings) + state.settings.heartbeatTimeoutMs
    role.campaignAt = Math.min(role.campaignAt + stalledMs, now + longest)
    role.heardAt = Math.min(role.heardAt + stalledMs, now)
    if (now >= role.campaignAt) startPreVote(turn, role.isLeaderSuspected ? 'leaderSuspected' : 'heartbeatTimeout')
    return
  }
  role.deadline += stalledMs
  if (now >= role.deadline) onElectionDeadline(turn)
}

/** What follows from any change: commits, what they allow, and what followers lack. */
function settle(turn: Turn): void {
  const { state } = turn
  if (state.role.kind === 'leader') advanceCommit(turn, state.role)
  advanceApply(turn)
  if (state.role.kind === 'leader') stepDownWhenRemoved(turn)
  if (state.role.kind === 'leader') {
    tellCommit(turn, state.role)
    answerReads(turn, state.role)
    leaveJoint(turn, state.role)
    promoteStaging(turn, state.role)
    replicateToAll(turn, state.role)
    orderTakeover(turn, state.role)
  }
  evict(state.log, Math.min(state.commit, state.log.durableIndex), state.settings.limits.cacheBytes)
}
