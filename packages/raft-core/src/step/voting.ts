import { isUpToDate } from '../entry.ts'
import type { VoteRequest } from '../message.ts'
import { isSameMember, type Member } from '../types.ts'
import { lastPosition } from './log.ts'
import { adoptTerm, becomeFollower, hearsLeader } from './roles.ts'
import type { RaftState } from './state.ts'
import { send, type Turn, writeHardState } from './turn.ts'

/** Answers a vote request. A granted vote leaves this node only once it is durable. */
export function onVoteRequest(turn: Turn, from: Member, request: VoteRequest): void {
  if (request.preVote) onPreVote(turn, from, request)
  else onVote(turn, from, request)
}

/** A pre-vote changes nothing here: it asks whether a vote would be granted. */
function onPreVote(turn: Turn, from: Member, request: VoteRequest): void {
  const { state, now } = turn
  const granted = request.term > state.term && !hearsLeader(state, now) && acceptsLog(state, request)
  respond(turn, from, request, granted)
}

function onVote(turn: Turn, from: Member, request: VoteRequest): void {
  const { state, now } = turn
  // Whoever hears a leader protects it from candidates that do not (dissertation 4.2.3), unless the leader itself asked.
  if (request.term > state.term && !request.transfer && hearsLeader(state, now)) {
    respond(turn, from, request, false)
    return
  }
  if (request.term > state.term) adoptTerm(turn, request.term, 'higherTerm')
  const isFree = state.votedFor === undefined || isSameMember(state.votedFor, from)
  const granted = request.term === state.term && isFree && acceptsLog(state, request)
  if (granted && state.votedFor === undefined) {
    state.votedFor = from
    writeHardState(turn)
    if (state.role.kind === 'preCandidate') becomeFollower(turn, undefined, 'electionLost')
    postponeCampaign(turn)
  }
  respond(turn, from, request, granted)
}

/** True when electing the candidate cannot lose what this node has, or once had. */
function acceptsLog(state: RaftState, request: VoteRequest): boolean {
  const candidate = { index: request.lastLogIndex, term: request.lastLogTerm }
  if (state.floor !== undefined && !isUpToDate(candidate, state.floor)) return false
  return isUpToDate(candidate, lastPosition(state.log))
}

/** Gives the candidate time to win before this node competes with it. */
function postponeCampaign(turn: Turn): void {
  const { role, settings } = turn.state
  if (role.kind === 'follower') role.campaignAt = Math.max(role.campaignAt, turn.now + settings.heartbeatTimeoutMs)
}

function respond(turn: Turn, to: Member, request: VoteRequest, granted: boolean): void {
  const { term } = turn.state
  send(turn, to.id, { kind: 'voteResponse', term, requestTerm: request.term, preVote: request.preVote, granted })
}
