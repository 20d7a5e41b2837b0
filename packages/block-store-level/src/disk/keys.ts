/** Keys begin with a letter for their kind; numbers in them are big-endian, so that they sort by value. */
export function numberKey(kind: string, ...numbers: readonly number[]): Buffer {
  const key = Buffer.alloc(1 + 8 * numbers.length)
  key.write(kind, 'latin1')
  numbers.forEach((number, i) => key.writeBigUInt64BE(BigInt(number), 1 + 8 * i))
  return key
}

/** The number at a position of a key that {@link numberKey} or {@link bytesKey} made. */
export function keyNumber(key: Uint8Array, at = 1): number {
  return Number(Buffer.from(key.buffer, key.byteOffset, key.byteLength).readBigUInt64BE(at))
}

/** A key of bytes of one length, and numbers behind them. */
export function bytesKey(kind: string, bytes: Uint8Array, ...numbers: readonly number[]): Buffer {
  const key = Buffer.alloc(1 + bytes.length + 8 * numbers.length)
  key.write(kind, 'latin1')
  key.set(bytes, 1)
  numbers.forEach((number, i) => key.writeBigUInt64BE(BigInt(number), 1 + bytes.length + 8 * i))
  return key
}

/** All keys of a kind. */
export function kindRange(kind: string): { readonly gte: Buffer; readonly lt: Buffer } {
  return { gte: Buffer.from(kind, 'latin1'), lt: Buffer.of(kind.charCodeAt(0) + 1) }
}

/** All keys that begin with these bytes, given that what follows is not longer than two numbers. */
export function prefixRange(prefix: Uint8Array): { readonly gte: Uint8Array; readonly lte: Buffer } {
  return { gte: prefix, lte: Buffer.concat([prefix, Buffer.alloc(17, 0xff)]) }
}
