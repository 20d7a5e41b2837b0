import { type Entry, sizeBytes } from '../entry.ts'
import type { AppendResponse, HeartbeatResponse, SnapshotChunkResponse } from '../message.ts'
import type { LogIndex, Member, ServerId, Term } from '../types.ts'
import { recordContact } from './heartbeat.ts'
import { cachedEntries, firstCachedIndex, lastIndexWithTermAtMost, type LogState, termAt } from './log.ts'
import { type Progress, probeFrom, recordMatch, recordSent } from './progress.ts'
import type { Leader, RaftState } from './state.ts'
import { event, send, type Turn } from './turn.ts'

/** Sends every follower what it lacks, as far as its limits allow. */
export function replicateToAll(turn: Turn, leader: Leader): void {
  for (const [id, progress] of leader.peers) replicateTo(turn, leader, id, progress)
}

/** Entries that were read from the log store for a follower. */
export function onEntriesRead(turn: Turn, to: ServerId, term: Term, entries: readonly Entry[]): void {
  const { state } = turn
  if (state.role.kind !== 'leader' || state.term !== term) return
  const progress = state.role.peers.get(to)
  if (progress === undefined) return
  progress.isReading = false
  const previousTerm = termAt(state.log, progress.next - 1)
  // The follower may meanwhile have moved, or the log been compacted; then what was read is not what it needs next.
  if (entries[0]?.index === progress.next && previousTerm !== undefined && canSend(state, progress)) {
    sendAppend(turn, state.role, to, progress, previousTerm, entries)
  }
}

export function onAppendResponse(turn: Turn, from: Member, response: AppendResponse): void {
  const { state } = turn
  const found = answeringPeer(state, from, response.term)
  if (found === undefined) return
  const { leader, progress } = found
  recordContact(leader, progress, response.round)
  if (!response.accepted) return backOff(state, progress, response)
  recordMatch(progress, response.durableIndex)
  // An acknowledgement waits for its disk and may come behind a refusal that did not: what it says is older than the probe.
  if (progress.mode === 'probe' && response.acceptedIndex >= progress.next - 1) {
    startReplicating(progress, response.acceptedIndex)
  }
}

export function onHeartbeatResponse(turn: Turn, from: Member, response: HeartbeatResponse): void {
  const found = answeringPeer(turn.state, from, response.term)
  if (found === undefined) return
  const { leader, progress } = found
  recordContact(leader, progress, response.round)
  recordMatch(progress, response.durableIndex)
  // It lacks appends that were sent long ago, or has forgotten since its own candidacy that its log equals this one.
  if (progress.mode === 'replicate' && response.acceptedIndex < response.sentIndex) {
    probeFrom(progress, response.acceptedIndex + 1)
  }
}

/** A follower reports how far it is with a snapshot; once it is installed, appends go on behind it. */
export function onSnapshotChunkResponse(turn: Turn, from: Member, response: SnapshotChunkResponse): void {
  const found = answeringPeer(turn.state, from, response.term)
  if (found === undefined) return
  const { leader, progress } = found
  recordContact(leader, progress, response.round)
  if (!response.installed || progress.mode !== 'snapshot') return
  recordMatch(progress, response.snapshotIndex)
  probeFrom(progress, response.snapshotIndex + 1)
  turn.effects.push({ kind: 'stopSnapshot', to: from.id })
  event(turn, { kind: 'snapshotDelivered', peer: from.id, index: response.snapshotIndex })
}

/** Sending a snapshot ended without success: a probe finds out where the follower stands, but not at once. */
export function onSnapshotFailed(turn: Turn, to: ServerId): void {
  const { role } = turn.state
  const progress = role.kind === 'leader' ? role.peers.get(to) : undefined
  if (progress?.mode !== 'snapshot') return
  probeFrom(progress, progress.next)
  progress.probeSentAt = turn.now
}

/** The connection to a follower is gone, and with it perhaps appends that were on the way. */
export function onPeerLost(leader: Leader, id: ServerId): void {
  const progress = leader.peers.get(id)
  if (progress?.mode === 'replicate') probeFrom(progress, progress.match + 1)
}

/** A follower is reachable again: find out at once where it stands. */
export function onPeerFound(leader: Leader, id: ServerId): void {
  const progress = leader.peers.get(id)
  if (progress?.mode === 'probe') probeFrom(progress, progress.next)
}

/** Sends one follower what it lacks: appends in a row, one probe, or a snapshot when the log no longer has it. */
function replicateTo(turn: Turn, leader: Leader, to: ServerId, progress: Progress): void {
  const { state } = turn
  while (canSend(state, progress)) {
    const previousTerm = termAt(state.log, progress.next - 1)
    if (previousTerm === undefined) return startSnapshot(turn, to, progress)
    const hasMore = progress.next <= state.log.lastIndex
    if (hasMore && progress.next < firstCachedIndex(state.log)) return readForFollower(turn, to, progress)
    const entries = hasMore
      ? cachedEntries(state.log, progress.next, state.log.lastIndex + 1, state.settings.limits.appendBytes)
      : []
    sendAppend(turn, leader, to, progress, previousTerm, entries)
  }
}

function canSend(state: RaftState, progress: Progress): boolean {
  const { limits } = state.settings
  if (progress.isReading || progress.mode === 'snapshot') return false
  if (progress.mode === 'probe') return progress.probeSentAt === undefined
  if (progress.next > state.log.lastIndex) return false
  return progress.inflight.length < limits.inflightMessages && progress.inflightBytes < limits.inflightBytes
}

function sendAppend(
  turn: Turn,
  leader: Leader,
  to: ServerId,
  progress: Progress,
  previousTerm: Term,
  entries: readonly Entry[],
): void {
  const { state, now } = turn
  const previousIndex = progress.next - 1
  send(turn, to, {
    kind: 'appendRequest',
    term: state.term,
    previousIndex,
    previousTerm,
    commit: state.commit,
    round: leader.round,
    entries,
    remembered: [],
  })
  progress.commitSent = state.commit
  recordSent(progress, previousIndex + entries.length, sizeBytes(entries), now)
}

function readForFollower(turn: Turn, to: ServerId, progress: Progress): void {
  const { state } = turn
  progress.isReading = true
  turn.effects.push({
    kind: 'readEntries',
    to,
    term: state.term,
    from: progress.next,
    end: state.log.lastIndex + 1,
    limitBytes: state.settings.limits.appendBytes,
  })
}

function startSnapshot(turn: Turn, to: ServerId, progress: Progress): void {
  probeFrom(progress, progress.next)
  progress.mode = 'snapshot'
  event(turn, { kind: 'snapshotNeeded', peer: to })
  turn.effects.push({ kind: 'sendSnapshot', to, term: turn.state.term })
}

function startReplicating(progress: Progress, acceptedIndex: LogIndex): void {
  progress.mode = 'replicate'
  progress.probeSentAt = undefined
  progress.next = Math.max(progress.match, acceptedIndex) + 1
}

/** A refusal: go back to where the logs may agree, however long the follower's tail is (Raft paper 5.3, last paragraph). */
function backOff(state: RaftState, progress: Progress, response: AppendResponse): void {
  // A refusal of something already settled, or of a probe that is not the outstanding one, says nothing new.
  if (progress.mode === 'snapshot' || response.previousIndex <= progress.match) return
  if (progress.mode === 'probe' && response.previousIndex !== progress.next - 1) return
  probeFrom(progress, Math.min(firstDoubt(state.log, response), response.previousIndex))
}

/**
 * First index where the logs may differ. Entries agree only where terms do: among the follower's entries of the conflicting term
 * if this log has that term too, else before them all.
 */
function firstDoubt(log: LogState, { conflictTerm, conflictIndex, previousIndex }: AppendResponse): LogIndex {
  if (conflictTerm === 0) return conflictIndex
  const last = Math.min(lastIndexWithTermAtMost(log, conflictTerm), previousIndex)
  return termAt(log, last) === conflictTerm ? last + 1 : Math.min(last + 1, conflictIndex)
}

function answeringPeer(state: RaftState, from: Member, term: Term): { leader: Leader; progress: Progress } | undefined {
  if (state.role.kind !== 'leader' || term !== state.term) return undefined
  const progress = state.role.peers.get(from.id)
  return progress?.incarnation === from.incarnation ? { leader: state.role, progress } : undefined
}
