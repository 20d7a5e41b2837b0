import Long from 'long'
import protobuf from 'protobufjs/minimal.js'
import { BlockError } from '../errors.ts'

// Without Long, protobufjs would read 64-bit numbers as doubles and round block times; it must not depend on what it finds.
if (protobuf.util.Long !== Long) {
  protobuf.util.Long = Long
  protobuf.configure()
}

/**
 * A 64-bit number as protobufjs decodes it, as bigint. The only place where Long and bigint meet: protobufjs encodes a
 * bigint as 0 without an error (protobufjs/protobuf.js#1151).
 */
export function bigintFromLong(value: Long | number): bigint {
  if (typeof value === 'number') return BigInt(value)
  return (BigInt(value.getHighBitsUnsigned()) << 32n) | BigInt(value.getLowBitsUnsigned())
}

/** A bigint below 2^64 as protobufjs encodes it. */
export function longFromBigint(value: bigint): Long {
  if (value < 0n || value >= 1n << 64n)
    throw new BlockError('OUT_OF_RANGE', `${value} is not an unsigned 64-bit number`)
  return Long.fromBits(Number(value & 0xffffffffn), Number(value >> 32n), true)
}

/** A 64-bit number that is a height, an index or a count here, and so has to be a safe integer. */
export function safeIntegerFromLong(value: Long | number, what: string): number {
  const exact = bigintFromLong(value)
  if (exact > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new BlockError(
      'OUT_OF_RANGE',
      `${what} ${exact} is above 2^53 - 1; no chain gets there, the bytes are damaged`,
    )
  }
  return Number(exact)
}
