/** Entries are stored under `e` and their index; facts about the log under `m` and a name. */
const entryPrefix = 'e'.charCodeAt(0)

export const formatKey: Buffer = Buffer.from('mformat')
export const baseKey: Buffer = Buffer.from('mbase')
export const hardStateKey: Buffer = Buffer.from('mhard-state')

/** What `formatKey` holds. Another value is another format. */
export const formatValue: Buffer = Buffer.from('raft-log 1')

/** Sorts as the index does. */
export function entryKey(index: number): Buffer {
  const key = Buffer.allocUnsafe(9)
  key[0] = entryPrefix
  key.writeBigUInt64BE(BigInt(index), 1)
  return key
}

export function indexOfKey(key: Uint8Array): number {
  return Number(Buffer.from(key.buffer, key.byteOffset, key.byteLength).readBigUInt64BE(1))
}
