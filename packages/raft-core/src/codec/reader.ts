import { RaftError } from '../errors.ts'
import { bytesToHex, bytesToUtf8 } from './text.ts'

/** One field of a proto3 message: its number, and its value by wire type. */
export interface Field {
  readonly number: number
  /** Of a varint or fixed32 field, otherwise 0. */
  readonly value: number
  /** Of a length-delimited field, otherwise empty. A view into the message. */
  readonly bytes: Uint8Array
}

const noBytes = new Uint8Array(0)

/**
 * Splits a proto3 message into fields. Unknown numbers are for the caller to skip; groups, 64-bit fixed fields, numbers
 * above 2^53 and truncated messages are `INVALID_RECORD`.
 */
export function readFields(message: Uint8Array): Field[] {
  const cursor = { at: 0 }
  const fields: Field[] = []
  while (cursor.at < message.length) {
    const key = readVarint(message, cursor)
    const number = Math.floor(key / 8)
    if (number === 0) throw invalid('field number 0')
    fields.push({ number, ...readValue(message, cursor, key % 8) })
  }
  return fields
}

function readValue(message: Uint8Array, cursor: { at: number }, wireType: number): Omit<Field, 'number'> {
  if (wireType === 0) return { value: readVarint(message, cursor), bytes: noBytes }
  if (wireType === 2) return { value: 0, bytes: take(message, cursor, readVarint(message, cursor)) }
  if (wireType === 5) {
    const four = take(message, cursor, 4)
    return { value: new DataView(four.buffer, four.byteOffset).getUint32(0, true), bytes: noBytes }
  }
  throw invalid(`wire type ${wireType}`)
}

/** Reads an unsigned LEB128 number at the cursor and moves it on. */
export function readVarint(message: Uint8Array, cursor: { at: number }): number {
  let value = 0
  let scale = 1
  for (let i = 0; i < 8; i++) {
    const byte = message[cursor.at++]
    if (byte === undefined) throw invalid('a number that is cut off')
    value += (byte & 0x7f) * scale
    if (byte < 0x80) {
      if (!Number.isSafeInteger(value)) throw invalid('a number above 2^53')
      return value
    }
    scale *= 0x80
  }
  throw invalid('a number above 2^53')
}

function take(message: Uint8Array, cursor: { at: number }, length: number): Uint8Array {
  if (length > message.length - cursor.at) throw invalid('a field that is cut off')
  cursor.at += length
  return message.subarray(cursor.at - length, cursor.at)
}

/** The value of a singular number field, 0 when it is not there; the last one wins. */
export function uintField(fields: readonly Field[], number: number): number {
  return fields.findLast((field) => field.number === number)?.value ?? 0
}

/** The value of a singular bytes field, empty when it is not there. */
export function bytesField(fields: readonly Field[], number: number): Uint8Array {
  return fields.findLast((field) => field.number === number)?.bytes ?? noBytes
}

/** The value of a singular bytes field as hex digits. */
export function hexField(fields: readonly Field[], number: number): string {
  return bytesToHex(bytesField(fields, number))
}

/** The value of a singular string field. */
export function stringField(fields: readonly Field[], number: number): string {
  return bytesToUtf8(bytesField(fields, number))
}

/** The value of a sub-message field, or undefined when it is not there. */
export function messageField(fields: readonly Field[], number: number): Uint8Array | undefined {
  return fields.findLast((field) => field.number === number)?.bytes
}

/** The values of a repeated field in order. */
export function repeatedField(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.filter((field) => field.number === number).map((field) => field.bytes)
}

function invalid(what: string): RaftError {
  return new RaftError('INVALID_RECORD', `the bytes hold ${what}; they are damaged, or of a newer format`)
}
