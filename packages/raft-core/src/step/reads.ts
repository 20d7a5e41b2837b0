import { reachedByMajority } from './quorum.ts'
import { notLeader } from './roles.ts'
import { latestConfiguration, type Leader, type RequestId } from './state.ts'
import { startRound } from './heartbeat.ts'
import { answer, type Turn } from './turn.ts'

/**
 * Answers once a majority of voters has confirmed, after this request, that this node still leads. Requests that arrive
 * while a round is open share the next one.
 */
export function verifyLeader(turn: Turn, request: RequestId): void {
  const { state } = turn
  if (state.role.kind !== 'leader') {
    answer(turn, request, notLeader(state))
    return
  }
  const leader = state.role
  const isRoundOpen = leader.reads.some((read) => read.round <= leader.round)
  leader.reads.push({ request, round: leader.round + 1 })
  if (!isRoundOpen) startRound(turn, leader)
}

/** Answers the requests whose round a majority has answered, and starts the round that the others wait for. */
export function answerReads(turn: Turn, leader: Leader): void {
  if (leader.reads.length === 0) return
  const { state } = turn
  const reached = reachedByMajority(latestConfiguration(state).configuration, (voter) =>
    voter.id === state.self.id ? leader.round : (leader.peers.get(voter.id)?.round ?? 0),
  )
  const answered = leader.reads.filter((read) => read.round <= reached)
  if (answered.length === 0) return
  leader.reads = leader.reads.filter((read) => read.round > reached)
  for (const read of answered) answer(turn, read.request)
  if (leader.reads.some((read) => read.round > leader.round)) startRound(turn, leader)
  answerReads(turn, leader)
}
