import type { Entry } from '../entry.ts'
import type { AppendRequest, Heartbeat, SnapshotChunk } from '../message.ts'
import type { LogIndex, Member } from '../types.ts'
import { commitThrough } from './commit.ts'
import { firstIndexOfTerm, lastPosition, termAt } from './log.ts'
import { adoptConfigurations, revertConfigurations } from './membership.ts'
import { hearLeader } from './roles.ts'
import type { Follower, RaftState } from './state.ts'
import { send, type Turn, writeEntries, writeTruncation } from './turn.ts'

/**
 * Takes what is new in an append and acknowledges it once durable. Entries that are there already are compared, never
 * rewritten, so that a late or doubled append cannot cut off what came after it (openraft 9540c904).
 */
export function onAppendRequest(turn: Turn, from: Member, request: AppendRequest): void {
  const { state } = turn
  const follower = hearLeader(turn, from)
  const previousTerm = termAt(state.log, request.previousIndex)
  const isBelowLog = request.previousIndex < state.log.base.index
  if (!isBelowLog && previousTerm !== request.previousTerm) return refuse(turn, from, request)
  // What a snapshot replaced is committed, so it equals the leader's without looking (Redis raft #49).
  const known = isBelowLog ? request.entries.filter((entry) => entry.index > state.log.base.index) : request.entries
  const fresh = known.slice(firstNew(state, known))
  takeEntries(turn, fresh)
  const end = Math.max(request.previousIndex + request.entries.length, isBelowLog ? state.log.base.index : 0)
  follower.acceptedIndex = Math.max(follower.acceptedIndex, end)
  commitThrough(turn, Math.min(request.commit, follower.acceptedIndex))
  acknowledge(turn, from, follower, request, fresh.length > 0)
}

/** The leader lives; what it says is committed holds for what is known to equal its log. */
export function onHeartbeat(turn: Turn, from: Member, heartbeat: Heartbeat): void {
  const { state } = turn
  const follower = hearLeader(turn, from)
  commitThrough(turn, Math.min(heartbeat.commit, follower.acceptedIndex))
  send(turn, from.id, {
    kind: 'heartbeatResponse',
    term: state.term,
    round: heartbeat.round,
    sentIndex: heartbeat.sentIndex,
    acceptedIndex: follower.acceptedIndex,
    durableIndex: durablyAccepted(state, follower),
  })
}

/** A piece of a snapshot: the driver collects them and answers. */
export function onSnapshotChunk(turn: Turn, from: Member, chunk: SnapshotChunk): void {
  hearLeader(turn, from)
  turn.effects.push({ kind: 'receiveChunk', from, chunk })
}

/** Last index known to equal the leader's log that also survives a crash. */
export function durablyAccepted(state: RaftState, follower: Follower): LogIndex {
  return Math.min(follower.acceptedIndex, state.log.durableIndex)
}

function firstNew(state: RaftState, entries: readonly Entry[]): number {
  const at = entries.findIndex((entry) => termAt(state.log, entry.index) !== entry.term)
  return at < 0 ? entries.length : at
}

function takeEntries(turn: Turn, fresh: readonly Entry[]): void {
  const { state } = turn
  const first = fresh[0]
  if (first === undefined) return
  if (first.index <= state.log.lastIndex) {
    writeTruncation(turn, first.index)
    revertConfigurations(turn, first.index)
  }
  writeEntries(turn, fresh)
  adoptConfigurations(turn, fresh)
}

function acknowledge(turn: Turn, to: Member, follower: Follower, request: AppendRequest, hasWritten: boolean): void {
  const { state } = turn
  const durableIndex = hasWritten ? follower.acceptedIndex : durablyAccepted(state, follower)
  send(
    turn,
    to.id,
    {
      kind: 'appendResponse',
      term: state.term,
      round: request.round,
      accepted: true,
      acceptedIndex: follower.acceptedIndex,
      durableIndex,
      previousIndex: request.previousIndex,
      conflictTerm: 0,
      conflictIndex: 0,
    },
    hasWritten ? 'afterThisWrite' : 'now',
  )
}

function refuse(turn: Turn, to: Member, request: AppendRequest): void {
  const { state } = turn
  const { log } = state
  const conflictTerm = termAt(log, request.previousIndex) ?? 0
  const hasEntry = conflictTerm !== 0 && request.previousIndex > log.base.index
  send(turn, to.id, {
    kind: 'appendResponse',
    term: state.term,
    round: request.round,
    accepted: false,
    acceptedIndex: 0,
    durableIndex: 0,
    previousIndex: request.previousIndex,
    conflictTerm: hasEntry ? conflictTerm : 0,
    conflictIndex: hasEntry ? firstIndexOfTerm(log, request.previousIndex) : lastPosition(log).index + 1,
  })
}

/** A leader of an old term learns of the new one. */
export function refuseStaleLeader(turn: Turn, to: Member, message: AppendRequest | Heartbeat | SnapshotChunk): void {
  if (message.kind === 'appendRequest') return refuse(turn, to, message)
  const { term } = turn.state
  const { round } = message
  if (message.kind === 'heartbeat') {
    send(turn, to.id, { kind: 'heartbeatResponse', term, round, sentIndex: 0, acceptedIndex: 0, durableIndex: 0 })
    return
  }
  const { index, term: snapshotTerm } = message.metadata
  send(turn, to.id, {
    kind: 'snapshotChunkResponse',
    term,
    snapshotIndex: index,
    snapshotTerm,
    nextOffset: 0,
    installed: false,
    round,
  })
}
