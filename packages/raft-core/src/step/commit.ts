import type { LogIndex } from '../types.ts'
import { sendHeartbeat } from './heartbeat.ts'
import { cachedEntries, firstCachedIndex, termAt } from './log.ts'
import { reachedByMajority } from './quorum.ts'
import { latestConfiguration, type Leader, type RaftState } from './state.ts'
import { event, type Turn } from './turn.ts'

/**
 * Commits what a majority has made durable, but only by an entry of the leader's own term: an older entry on a majority can
 * still be overwritten (Raft paper 5.4.2, figure 8).
 */
export function advanceCommit(turn: Turn, leader: Leader): void {
  const { state } = turn
  const reached = reachedByMajority(latestConfiguration(state).configuration, (voter) =>
    voter.id === state.self.id ? state.log.durableIndex : (leader.peers.get(voter.id)?.match ?? 0),
  )
  if (reached <= state.commit || reached < leader.openingIndex || termAt(state.log, reached) !== state.term) return
  leader.uncommittedBytes -= bytesBetween(state, Math.max(state.commit + 1, leader.openingIndex), reached)
  commitThrough(turn, reached)
}

/** Raises the commit index and lets the driver apply what it may. */
export function commitThrough(turn: Turn, index: LogIndex): void {
  const { state } = turn
  if (index <= state.commit) return
  const placed = latestConfiguration(state)
  if (placed.index > state.commit && placed.index <= index) {
    event(turn, { kind: 'configurationChanged', placed, isCommitted: true })
  }
  state.commit = index
  advanceApply(turn)
}

/** Entries may be applied once committed, and only a bounded number ahead of this node's own disk. */
export function advanceApply(turn: Turn): void {
  const { state } = turn
  const index = Math.min(state.commit, state.log.durableIndex + state.settings.limits.appliedAheadEntries)
  if (index <= state.applicable) return
  state.applicable = index
  turn.effects.push({ kind: 'apply', index })
}

/** Followers learn of a commit at once: those to which nothing else is about to be sent, by an extra heartbeat. */
export function tellCommit(turn: Turn, leader: Leader): void {
  const { state } = turn
  for (const [id, progress] of leader.peers) {
    const isIdle = progress.mode === 'replicate' && progress.next > state.log.lastIndex
    const news = Math.min(state.commit, progress.match)
    if (isIdle && news > progress.commitSent) sendHeartbeat(turn, leader, id, progress)
  }
}

function bytesBetween(state: RaftState, from: LogIndex, to: LogIndex): number {
  const first = Math.max(from, firstCachedIndex(state.log))
  if (first > to) return 0
  return cachedEntries(state.log, first, to + 1, Number.POSITIVE_INFINITY).reduce(
    (sum, { record }) => sum + record.length,
    0,
  )
}
