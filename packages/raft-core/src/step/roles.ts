import { assert } from '../assert.ts'
import { isSameMember, type Member, type Term } from '../types.ts'
import { NotLeaderError, RaftError, UnknownOutcomeError } from '../errors.ts'
import { findServer } from '../configuration.ts'
import { campaignDelayMs } from './readiness.ts'
import type { RoleChangeCause } from './event.ts'
import { jittered } from './random.ts'
import { patienceMs } from './settings.ts'
import { type Follower, latestConfiguration, type Leader, type RaftState } from './state.ts'
import { answer, event, type Turn, writeHardState } from './turn.ts'

/** First wait after a lost pre-vote. */
export const firstPreVoteBackoffMs = 10

/** Adopts a higher term, without a leader yet. A vote in the old term means nothing in the new one. */
export function adoptTerm(turn: Turn, term: Term, cause: RoleChangeCause): void {
  const { state } = turn
  assert(term > state.term, 'terms only rise')
  state.term = term
  state.votedFor = undefined
  writeHardState(turn)
  becomeFollower(turn, undefined, cause)
}

/** Becomes a follower of `leader`, or of nobody yet, in the current term. */
export function becomeFollower(turn: Turn, leader: Member | undefined, cause: RoleChangeCause): void {
  const { state, now } = turn
  const before = state.role
  if (before.kind === 'leader') endLeadership(turn, before, cause)
  const knownLeader = before.kind === 'follower' ? before.leader : undefined
  state.role = {
    kind: 'follower',
    leader,
    heardAt: leader ? now : Number.NEGATIVE_INFINITY,
    isLeaderSuspected: false,
    campaignAt: now + waitMs(state, leader !== undefined),
    preVoteBackoffMs: firstPreVoteBackoffMs,
    acceptedIndex: 0,
  }
  if (before.kind !== 'follower') event(turn, { kind: 'roleChanged', role: 'follower', term: state.term, cause })
  if (before.kind === 'leader' || knownLeader?.id !== leader?.id || knownLeader?.incarnation !== leader?.incarnation) {
    event(turn, { kind: 'leaderChanged', leader, term: state.term })
  }
}

/** How long to wait for a leader before campaigning: patience with one that was heard, and jitter, so that one goes first. */
function waitMs(state: RaftState, isLeaderHeard: boolean): number {
  const { heartbeatTimeoutMs } = state.settings
  const least = isLeaderHeard ? patienceMs(state.settings) : heartbeatTimeoutMs
  return least - heartbeatTimeoutMs + jittered(state.random, heartbeatTimeoutMs) + campaignDelayMs(state)
}

/** Notes that the current leader spoke, and so that it is one. */
export function hearLeader(turn: Turn, leader: Member): Follower {
  const { state, now } = turn
  assert(state.role.kind !== 'leader', 'a term has one leader')
  if (state.role.kind !== 'follower' || !isSameMember(state.role.leader, leader)) {
    becomeFollower(turn, leader, 'leaderFound')
  }
  const role = state.role
  assert(role.kind === 'follower', 'who hears a leader follows')
  role.heardAt = now
  role.isLeaderSuspected = false
  role.preVoteBackoffMs = firstPreVoteBackoffMs
  role.campaignAt = now + waitMs(state, true)
  return role
}

/** True while this node has reason to believe that a leader lives: it is one, or heard one lately. */
export function hearsLeader(state: RaftState, now: number): boolean {
  const { role } = state
  if (role.kind === 'leader') return true
  return role.kind === 'follower' && !role.isLeaderSuspected && now - role.heardAt < patienceMs(state.settings)
}

/** The error that sends a caller to the leader, as far as this node knows it. */
export function notLeader(state: RaftState): NotLeaderError {
  const leader = state.role.kind === 'follower' ? state.role.leader : undefined
  const server = leader && findServer(latestConfiguration(state).configuration, leader.id)
  return new NotLeaderError(server && { id: server.id, address: server.address })
}

function endLeadership(turn: Turn, leader: Leader, cause: RoleChangeCause): void {
  for (const read of leader.reads) answer(turn, read.request, new NotLeaderError(undefined))
  for (const [id, progress] of leader.peers) {
    if (progress.mode === 'snapshot') turn.effects.push({ kind: 'stopSnapshot', to: id })
  }
  endJoint(turn, leader)
  if (leader.transfer === undefined) return
  const { request, target } = leader.transfer
  const hasMoved = cause === 'higherTerm'
  answer(
    turn,
    request,
    hasMoved ? undefined : new RaftError('TRANSFER_FAILED', `leadership ended before ${target} took over`),
  )
}

/** The next leader finishes a change in its joint phase, if the joint configuration is in its log. */
function endJoint(turn: Turn, leader: Leader): void {
  if (leader.jointRequest === undefined) return
  const { index } = latestConfiguration(turn.state)
  answer(turn, leader.jointRequest, new UnknownOutcomeError(index, turn.state.term))
}
