import Long from 'long'
import { assert } from 'raft-core'
import { TransportError } from '../errors.ts'

/** A number for the wire. Generated code turns what is no safe integer, a BigInt above all, into another number without a word. */
export function toWire(value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, 'numbers on the wire are safe integers')
  return value
}

/** A 64-bit number off the wire as a safe integer. `MESSAGE_INVALID` above 2^53. */
export function fromWire(value: number | Long | null | undefined): number {
  const isExact = !Long.isLong(value) || value.toUnsigned().lessThanOrEqual(Number.MAX_SAFE_INTEGER)
  const number = Long.isLong(value) ? value.toNumber() : (value ?? 0)
  if (!isExact || !Number.isSafeInteger(number) || number < 0) {
    throw new TransportError('MESSAGE_INVALID', 'a message holds a number above 2^53')
  }
  return number
}

/** Hex in memory is bytes on the wire. */
export function bytesFrom(hex: string): Uint8Array {
  const bytes = Buffer.from(hex, 'hex')
  assert(bytes.length * 2 === hex.length, 'ids and hashes are hex')
  return bytes
}

/** Lower-case hex of bytes off the wire; `MESSAGE_INVALID` when there are some, but not `length` of them. */
export function hexFrom(bytes: Uint8Array | null | undefined, length?: number): string {
  if (!bytes || bytes.length === 0) return ''
  if (length !== undefined && bytes.length !== length) {
    throw new TransportError('MESSAGE_INVALID', `expected an id or hash of ${length} bytes, got ${bytes.length}`)
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
