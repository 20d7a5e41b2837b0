import { assert } from '../assert.ts'
import type { LogPosition } from '../entry.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import type { LogIndex } from '../types.ts'
import { compactTo, resetTo, termAt } from './log.ts'
import { configurationAt, type RaftState } from './state.ts'
import { event, type Turn } from './turn.ts'

/** This node's own snapshot is complete: the log before `compactTo` is no longer needed. */
export function onSnapshotTaken(turn: Turn, metadata: SnapshotMetadata, through: LogIndex): void {
  const { state } = turn
  if (metadata.index <= state.snapshot.index) return
  assert(metadata.index <= state.applicable, 'a snapshot holds only what was applied')
  state.snapshot = { index: metadata.index, term: metadata.term }
  forgetConfigurationsBefore(state, metadata.index)
  const index = Math.min(through, metadata.index, state.log.durableIndex)
  if (index <= state.log.base.index) return
  const position: LogPosition = { index, term: termAt(state.log, index)! }
  compactTo(state.log, position)
  turn.effects.push({ kind: 'compact', position })
}

/**
 * A leader's snapshot is complete in the snapshot store. It holds only committed entries, so it is good whatever the term is
 * by now; it is not needed when the log got there another way.
 */
export function onSnapshotReceived(turn: Turn, metadata: SnapshotMetadata): void {
  const { state } = turn
  if (metadata.index <= state.commit) return
  const position: LogPosition = { index: metadata.index, term: metadata.term }
  const isInLog = termAt(state.log, metadata.index) === metadata.term
  state.snapshot = position
  const placed = { index: metadata.configurationIndex, configuration: metadata.configuration }
  const later = isInLog ? state.configurations.filter(({ index }) => index > metadata.index) : []
  state.configurations = [placed, ...later]
  if (!isInLog) resetLog(turn, position)
  state.commit = metadata.index
  state.applicable = metadata.index
  if (state.role.kind === 'follower') state.role.acceptedIndex = Math.max(state.role.acceptedIndex, metadata.index)
  turn.effects.push({ kind: 'restore', metadata })
  event(turn, { kind: 'configurationChanged', placed: state.configurations.at(-1)!, isCommitted: later.length === 0 })
  event(turn, { kind: 'snapshotInstalled', index: metadata.index, term: metadata.term })
}

/** A log that does not contain the snapshot's last entry is replaced whole: nothing behind that entry can be trusted. */
function resetLog(turn: Turn, position: LogPosition): void {
  const { state } = turn
  assert(turn.write === undefined, 'a reset is a write of its own')
  resetTo(state.log, position)
  for (const pending of state.writes) pending.endIndex = 0
  const id = state.nextWrite++
  state.writes.push({ id, endIndex: position.index })
  turn.effects.push({ kind: 'write', id, reset: position, truncateFrom: undefined, entries: [], hardState: undefined })
}

function forgetConfigurationsBefore(state: RaftState, index: LogIndex): void {
  const inForce = configurationAt(state, index)
  state.configurations = state.configurations.filter((placed) => placed.index >= inForce.index)
}
