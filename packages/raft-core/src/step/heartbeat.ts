import type { ServerId, TimeMs } from '../types.ts'
import { type Progress, probeFrom } from './progress.ts'
import { reachedByMajority } from './quorum.ts'
import { heartbeatIntervalMs } from './settings.ts'
import { latestConfiguration, type Leader, type RaftState } from './state.ts'
import { send, type Turn } from './turn.ts'

/** Rounds whose start is remembered; an answer to an older one proves nothing. */
const rememberedRounds = 128

/** A probe that went unanswered for this many heartbeat intervals is sent again. */
const probePatience = 2

/** Begins a heartbeat round: whoever answers it still followed this leader after now. */
export function startRound(turn: Turn, leader: Leader): void {
  const { state, now } = turn
  leader.round += 1
  leader.rounds.push({ round: leader.round, startedAt: now })
  if (leader.rounds.length > rememberedRounds) leader.rounds.shift()
  leader.heartbeatAt = now + heartbeatIntervalMs(state.settings)
  for (const [id, progress] of leader.peers) sendHeartbeat(turn, leader, id, progress)
  retryProbes(turn, leader)
}

/** Tells a follower that the leader lives, what is committed, and by when it should have received what. */
export function sendHeartbeat(turn: Turn, leader: Leader, to: ServerId, progress: Progress): void {
  const { state, now } = turn
  const commit = Math.min(state.commit, progress.match)
  progress.commitSent = Math.max(progress.commitSent, commit)
  // Appends younger than this may still be behind the heartbeat in a queue; only older ones can be missed.
  const patient = now - state.settings.heartbeatTimeoutMs
  const sentIndex = progress.inflight.findLast((append) => append.sentAt <= patient)?.end ?? progress.match
  send(turn, to, { kind: 'heartbeat', term: state.term, round: leader.round, commit, sentIndex })
}

/** Lets probes that nobody answered be sent again. */
function retryProbes(turn: Turn, leader: Leader): void {
  const patienceMs = probePatience * heartbeatIntervalMs(turn.state.settings)
  for (const progress of leader.peers.values()) {
    const isLost = progress.probeSentAt !== undefined && turn.now - progress.probeSentAt >= patienceMs
    if (progress.mode === 'probe' && isLost) probeFrom(progress, progress.next)
  }
}

/** Notes that a follower answered a round. */
export function recordContact(leader: Leader, progress: Progress, round: number): void {
  if (round <= progress.round) return
  progress.round = round
  const started = leader.rounds.find((candidate) => candidate.round === round)
  if (started) progress.contactAt = Math.max(progress.contactAt, started.startedAt)
}

/** When this leader last knew a majority behind it, by the start of rounds that were answered. */
export function quorumContactAt(state: RaftState, leader: Leader, now: TimeMs): TimeMs {
  return reachedByMajority(latestConfiguration(state).configuration, (voter) =>
    voter.id === state.self.id ? now : (leader.peers.get(voter.id)?.contactAt ?? Number.NEGATIVE_INFINITY),
  )
}
