import type { LogIndex } from 'raft-core'

/** Entries are stored under `e` and their index, beginnings of terms under `t` and an index, facts under `m` and a name. */
const entryPrefix = 'e'.charCodeAt(0)
const runPrefix = 't'.charCodeAt(0)

export const formatKey: Buffer = Buffer.from('mformat')
export const stateKey: Buffer = Buffer.from('mstate')

/** The entry's record as it came. Sorts as the index does. */
export function entryKey(index: LogIndex): Buffer {
  return indexKey(entryPrefix, index)
}

/** Says that another term begins at this index. Sorts as the index does. */
export function runKey(index: LogIndex): Buffer {
  return indexKey(runPrefix, index)
}

/** The index in a key of either kind; NaN for a key of another length. */
export function indexOfKey(key: Uint8Array): LogIndex {
  if (key.length !== 9) return Number.NaN
  return Number(new DataView(key.buffer, key.byteOffset, key.byteLength).getBigUint64(1))
}

function indexKey(prefix: number, index: LogIndex): Buffer {
  const key = Buffer.allocUnsafe(9)
  key[0] = prefix
  key.writeUInt32BE(Math.floor(index / 2 ** 32), 1)
  key.writeUInt32BE(index % 2 ** 32, 5)
  return key
}
