import { assert } from '../assert.ts'
import { isVoter, replicatedServers, type Server } from '../configuration.ts'
import { isUpToDate } from '../entry.ts'
import type { TimeoutNow, VoteRequest, VoteResponse } from '../message.ts'
import type { Member } from '../types.ts'
import { becomeLeader } from './leadership.ts'
import { lastPosition } from './log.ts'
import { tally } from './quorum.ts'
import { jittered, nextRandom } from './random.ts'
import { campaignDelayMs } from './readiness.ts'
import { adoptTerm, becomeFollower, firstPreVoteBackoffMs } from './roles.ts'
import { latestConfiguration, type RaftState } from './state.ts'
import type { RoleChangeCause } from './event.ts'
import { event, send, type Turn, writeHardState } from './turn.ts'

/** Longest wait after a vote that is known to be lost. */
const lostVoteWaitMs = 100

/** Longest random wait before answering the death of a leader with a pre-vote: voters should not collide. */
const suspicionJitterMs = 20

/** Asks whether an election could be won, without disturbing anybody's term (dissertation 9.6). */
export function startPreVote(turn: Turn, cause: RoleChangeCause): void {
  const { state, now } = turn
  const backoff = preVoteBackoff(state)
  if (!canCampaign(state)) {
    if (state.role.kind !== 'follower') becomeFollower(turn, undefined, 'electionLost')
    waitToCampaign(turn, jittered(state.random, state.settings.heartbeatTimeoutMs), backoff)
    return
  }
  if (state.role.kind === 'follower' && state.role.leader)
    event(turn, { kind: 'leaderChanged', leader: undefined, term: state.term })
  const hasRole = state.role.kind === 'preCandidate'
  state.role = {
    kind: 'preCandidate',
    votes: new Map([[state.self.id, true]]),
    deadline: now + jittered(state.random, state.settings.electionTimeoutMs),
    preVoteBackoffMs: backoff,
  }
  if (!hasRole) event(turn, { kind: 'roleChanged', role: 'preCandidate', term: state.term, cause })
  requestVotes(turn, { preVote: true, transfer: false })
  countPreVotes(turn)
}

/** Campaigns in a new term. The own vote counts, and requests leave, once term and vote are durable. */
export function startElection(turn: Turn, isTransfer: boolean, cause: RoleChangeCause): void {
  const { state, now } = turn
  assert(canCampaign(state), 'only a voter above its floor campaigns')
  state.term += 1
  state.votedFor = state.self
  const ownVote = writeHardState(turn)
  state.role = {
    kind: 'candidate',
    votes: new Map(),
    deadline: now + jittered(state.random, state.settings.electionTimeoutMs),
    isTransfer,
    ownVote,
  }
  event(turn, { kind: 'roleChanged', role: 'candidate', term: state.term, cause })
  requestVotes(turn, { preVote: false, transfer: isTransfer })
}

/** The write of the own vote may have become durable. */
export function countOwnVote(turn: Turn): void {
  const { role, self, writes } = turn.state
  if (role.kind !== 'candidate' || role.votes.has(self.id)) return
  if (writes.some((write) => write.id <= role.ownVote)) return
  role.votes.set(self.id, true)
  countVotes(turn)
}

export function onVoteResponse(turn: Turn, from: Member, response: VoteResponse): void {
  const { state } = turn
  const { role } = state
  if (response.term > state.term) {
    const backoff = preVoteBackoff(state)
    adoptTerm(turn, response.term, 'higherTerm')
    waitToCampaign(turn, backoff * (1 + nextRandom(state.random)), backoff)
    return
  }
  if (!isVoter(latestConfiguration(state).configuration, from)) return
  if (role.kind === 'preCandidate' && response.preVote && response.requestTerm === state.term + 1) {
    role.votes.set(from.id, response.granted)
    countPreVotes(turn)
  } else if (role.kind === 'candidate' && !response.preVote && response.requestTerm === state.term) {
    role.votes.set(from.id, response.granted)
    countVotes(turn)
  }
}

/** The leader asks this node to take over: campaign at once, unless the log moved on since it asked. */
export function onTimeoutNow(turn: Turn, from: Member, order: TimeoutNow): void {
  const { state } = turn
  if (order.term !== state.term || state.role.kind !== 'follower' || state.role.leader?.id !== from.id) return
  if (order.lastLogIndex !== state.log.lastIndex || !canCampaign(state)) return
  startElection(turn, true, 'transfer')
}

/** The leader's process is gone: campaign soon, the readier nodes first. */
export function suspectLeader(turn: Turn): void {
  const { state, now } = turn
  if (state.role.kind !== 'follower') return
  state.role.isLeaderSuspected = true
  state.role.preVoteBackoffMs = firstPreVoteBackoffMs
  const at = now + nextRandom(state.random) * suspicionJitterMs + campaignDelayMs(state)
  state.role.campaignAt = Math.min(state.role.campaignAt, at)
}

/** A vote or pre-vote that nobody decided in time starts over. */
export function onElectionDeadline(turn: Turn): void {
  startPreVote(turn, 'electionLost')
}

/** True for a voter, or one that may still be needed, whose log is not known to lack what it once acknowledged. */
export function canCampaign(state: RaftState): boolean {
  if (!isVoter(latestConfiguration(state).configuration, state.self) && !isStillNeeded(state)) return false
  return state.floor === undefined || isUpToDate(lastPosition(state.log), state.floor)
}

/**
 * Who loses its vote by a change that may not be committed yet can be the only one that those who lack the change can elect:
 * its log is longer than theirs, and without its vote they have no majority. It does not count itself, and leads until the
 * change is committed (dissertation 4.2.2).
 */
function isStillNeeded(state: RaftState): boolean {
  const [before, latest] = state.configurations.slice(-2)
  if (before === undefined || latest === undefined) return false
  return latest.index > state.commit && isVoter(before.configuration, state.self)
}

function countPreVotes(turn: Turn): void {
  const { state } = turn
  const { role } = state
  assert(role.kind === 'preCandidate', 'a pre-candidate counts pre-votes')
  const { configuration } = latestConfiguration(state)
  const result = tally(configuration, (voter) => voteOf(state, role.votes, voter))
  if (result === 'won') startElection(turn, false, 'electionWon')
  if (result !== 'lost') return
  const backoff = role.preVoteBackoffMs
  becomeFollower(turn, undefined, 'electionLost')
  waitToCampaign(
    turn,
    jittered(state.random, backoff) + campaignDelayMs(state),
    Math.min(backoff * 2, state.settings.heartbeatTimeoutMs),
  )
}

function countVotes(turn: Turn): void {
  const { state } = turn
  const { role } = state
  assert(role.kind === 'candidate', 'a candidate counts votes')
  const result = tally(latestConfiguration(state).configuration, (voter) => voteOf(state, role.votes, voter))
  if (result === 'won') becomeLeader(turn)
  if (result !== 'lost') return
  becomeFollower(turn, undefined, 'electionLost')
  const wait = Math.min(state.settings.heartbeatTimeoutMs, lostVoteWaitMs)
  waitToCampaign(turn, wait * nextRandom(state.random) + campaignDelayMs(state), firstPreVoteBackoffMs)
}

/** A voter whose process is gone will not answer: no need to wait for it. */
function voteOf(state: RaftState, votes: ReadonlyMap<string, boolean>, voter: Server): boolean | undefined {
  return votes.get(voter.id) ?? (state.gone.has(voter.id) ? false : undefined)
}

function requestVotes(turn: Turn, kind: { preVote: boolean; transfer: boolean }): void {
  const { state } = turn
  const last = lastPosition(state.log)
  const request: VoteRequest = {
    kind: 'voteRequest',
    term: kind.preVote ? state.term + 1 : state.term,
    lastLogIndex: last.index,
    lastLogTerm: last.term,
    ...kind,
  }
  const { configuration } = latestConfiguration(state)
  for (const server of replicatedServers(configuration)) {
    if (server.id !== state.self.id && isVoter(configuration, server)) send(turn, server.id, request)
  }
}

function preVoteBackoff(state: RaftState): number {
  const { role } = state
  return role.kind === 'follower' || role.kind === 'preCandidate' ? role.preVoteBackoffMs : firstPreVoteBackoffMs
}

function waitToCampaign(turn: Turn, waitMs: number, preVoteBackoffMs: number): void {
  const { role } = turn.state
  assert(role.kind === 'follower', 'a follower waits to campaign')
  role.campaignAt = turn.now + waitMs
  role.preVoteBackoffMs = preVoteBackoffMs
}
