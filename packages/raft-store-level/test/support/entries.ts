import { encodeEntry, type Entry, type HardState, initialHardState } from 'raft-core'

export function entry(index: number, term = 1, size = 10): Entry {
  return encodeEntry(index, term, 'command', new Uint8Array(size).fill(index))
}

export function entries(from: number, to: number, term = 1, size = 10): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term, size))
}

export function hardState(term: number): HardState {
  return { ...initialHardState, term, votedFor: { id: 'n1', incarnation: 'ab'.repeat(16) } }
}
