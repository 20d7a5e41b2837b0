import { assert } from '../assert.ts'
import type { Entry } from '../entry.ts'
import type { RaftError } from '../errors.ts'
import type { HardState } from '../hard-state.ts'
import type { Message } from '../message.ts'
import type { LogIndex, ServerId, TimeMs } from '../types.ts'
import type { Effect } from './effect.ts'
import type { RaftEvent } from './event.ts'
import { appendEntries, truncateFrom } from './log.ts'
import type { RaftState, RequestId, WriteId } from './state.ts'

/**
 * One call of the step: the state, the time, and the effects gathered so far.
 *
 * Everything that a turn writes becomes one atomic write, and messages that depend on it leave only once it is durable.
 */
export interface Turn {
  readonly state: RaftState
  readonly now: TimeMs
  readonly effects: Effect[]
  /** The write that this turn will make, once it changed something. */
  write: TurnWrite | undefined
}

interface TurnWrite {
  readonly id: WriteId
  truncateFrom: LogIndex | undefined
  entries: Entry[]
  hasHardState: boolean
}

export function beginTurn(state: RaftState, now: TimeMs): Turn {
  return { state, now, effects: [], write: undefined }
}

/** Puts the turn's write in front of its other effects and returns them all. */
export function endTurn(turn: Turn): readonly Effect[] {
  const { write, state } = turn
  if (write === undefined) return turn.effects
  state.writes.push({ id: write.id, endIndex: state.log.lastIndex })
  const hardState = write.hasHardState ? hardStateOf(state) : undefined
  const { id, truncateFrom, entries } = write
  return [{ kind: 'write', id, reset: undefined, truncateFrom, entries, hardState }, ...turn.effects]
}

/**
 * Sends a message. It waits for the write of the current term and vote, because a promise that a crash can erase must not
 * leave; `isDurablyMine` also makes it wait for what this turn writes.
 */
export function send(
  turn: Turn,
  to: ServerId,
  message: Message,
  isDurablyMine: 'afterThisWrite' | 'now' = 'now',
): void {
  const after =
    isDurablyMine === 'afterThisWrite' ? (turn.write?.id ?? turn.state.hardStateWrite) : turn.state.hardStateWrite
  turn.effects.push({ kind: 'send', to, message, after })
}

/** Marks term, vote or memory of peers as changed. */
export function writeHardState(turn: Turn): WriteId {
  const write = currentWrite(turn)
  write.hasHardState = true
  turn.state.hardStateWrite = write.id
  return write.id
}

/** Appends entries to the log and to the turn's write. */
export function writeEntries(turn: Turn, entries: readonly Entry[]): void {
  if (entries.length === 0) return
  appendEntries(turn.state.log, entries)
  currentWrite(turn).entries.push(...entries)
}

/** Drops `from` and all above it, here and in the turn's write. */
export function writeTruncation(turn: Turn, from: LogIndex): void {
  const { state } = turn
  assert(from > state.commit, 'a committed entry is never truncated')
  const write = currentWrite(turn)
  assert(write.entries.length === 0, 'a turn truncates before it appends')
  write.truncateFrom = from
  event(turn, { kind: 'logTruncated', from, to: state.log.lastIndex })
  truncateFrom(state.log, from)
  for (const pending of state.writes) pending.endIndex = Math.min(pending.endIndex, from - 1)
}

export function event(turn: Turn, event: RaftEvent): void {
  turn.effects.push({ kind: 'event', event })
}

export function answer(turn: Turn, request: RequestId, error?: RaftError): void {
  turn.effects.push({ kind: 'answered', request, error })
}

export function hardStateOf(state: RaftState): HardState {
  const { term, votedFor, epoch, floor, remembered } = state
  return { term, votedFor, epoch, floor, remembered }
}

function currentWrite(turn: Turn): TurnWrite {
  turn.write ??= { id: turn.state.nextWrite++, truncateFrom: undefined, entries: [], hasHardState: false }
  return turn.write
}
