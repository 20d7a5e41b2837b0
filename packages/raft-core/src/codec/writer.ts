import { assert } from '../assert.ts'
import { hexToBytes, utf8ToBytes } from './text.ts'

/**
 * Writes proto3 messages: fields in ascending number, zero values left out. Every method appends one field.
 * Numbers are safe integers of at least 0.
 */
export class Writer {
  #bytes = new Uint8Array(64)
  #length = 0

  uint(field: number, value: number): this {
    assert(Number.isSafeInteger(value) && value >= 0, `field ${field} is a safe integer, not ${value}`)
    return value === 0 ? this : this.#varint(field * 8).#varint(value)
  }

  fixed32(field: number, value: number): this {
    this.#varint(field * 8 + 5).#reserve(4)
    new DataView(this.#bytes.buffer).setUint32(this.#length, value, true)
    this.#length += 4
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.#delimited(field, value)
  }

  hex(field: number, value: string): this {
    return this.bytes(field, hexToBytes(value))
  }

  string(field: number, value: string): this {
    return this.bytes(field, utf8ToBytes(value))
  }

  /** A sub-message, also when it is empty; undefined is left out. */
  message(field: number, value: Uint8Array | undefined): this {
    return value === undefined ? this : this.#delimited(field, value)
  }

  /** Bytes as they are: an encoded message, or a part of one. */
  raw(value: Uint8Array): this {
    this.#reserve(value.length).#bytes.set(value, this.#length)
    this.#length += value.length
    return this
  }

  /** An unsigned LEB128 number without a field. */
  length(value: number): this {
    return this.#varint(value)
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #delimited(field: number, value: Uint8Array): this {
    return this.#varint(field * 8 + 2)
      .#varint(value.length)
      .raw(value)
  }

  #varint(value: number): this {
    this.#reserve(8)
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  #reserve(bytes: number): this {
    if (this.#length + bytes > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    return this
  }
}
