import Long from 'long'
import { TransportError } from '../errors.ts'

/** A 64-bit number off the wire as a safe integer. `MESSAGE_INVALID` above 2^53. */
export function fromWire(value: number | Long | null | undefined): number {
  const number = Long.isLong(value) ? value.toNumber() : (value ?? 0)
  const isExact = !Long.isLong(value) || value.toUnsigned().lessThanOrEqual(Number.MAX_SAFE_INTEGER)
  if (!isExact || !Number.isSafeInteger(number) || number < 0) {
    throw new TransportError('MESSAGE_INVALID', 'a message holds a number above 2^53')
  }
  return number
}

/** Lower-case hex of bytes off the wire. */
export function hexFrom(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') : ''
}

export function bytesFrom(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex')
}
