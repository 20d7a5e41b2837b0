import type { Turn } from './turn.ts'
import type { WriteId } from './state.ts'

/**
 * Everything through `write` survives a crash. Moves the durable index only over entries that are still in the log: a
 * truncation since has lowered the writes it cut into (etcd #1690).
 */
export function recordDurable(turn: Turn, write: WriteId): void {
  const { state } = turn
  while (state.writes.length > 0 && state.writes[0]!.id <= write) {
    const done = state.writes.shift()!
    state.log.durableIndex = Math.max(state.log.durableIndex, done.endIndex)
  }
  if (state.hardStateWrite !== undefined && state.hardStateWrite <= write) state.hardStateWrite = undefined
}
