import { assert } from 'raft-core'

/**
 * Writes proto3 fields in the one form that hashes and signatures are made over: zero numbers and empty fields are left
 * out unless the method says otherwise, numbers are the shortest LEB128. The caller keeps fields in ascending order.
 */
export class Writer {
  #bytes: Uint8Array
  #length = 0

  /** `sizeHint` is how many bytes are expected; a good guess saves copies. */
  constructor(sizeHint = 256) {
    this.#bytes = new Uint8Array(sizeHint)
  }

  /** A number, left out when zero. */
  uint(field: number, value: number | bigint): this {
    return value === 0 || value === 0n ? this : this.alwaysUint(field, value)
  }

  /** A number, also when zero. */
  alwaysUint(field: number, value: number | bigint): this {
    this.#varint(field * 8)
    this.#varint(value)
    return this
  }

  /** Bytes, left out when empty. */
  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.message(field, value)
  }

  /** A string as UTF-8, left out when empty. */
  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'))
  }

  /** An encoded message, or one of repeated bytes, also when empty; left out when undefined. */
  message(field: number, value: Uint8Array | undefined): this {
    if (value === undefined) return this
    this.#varint(field * 8 + 2)
    this.#varint(value.length)
    return this.raw(value)
  }

  /** Encoded messages, or repeated bytes, each as its own field. */
  each(field: number, values: Iterable<Uint8Array>): this {
    for (const value of values) this.message(field, value)
    return this
  }

  /** Bytes as they are. */
  raw(value: Uint8Array): this {
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
    return this
  }

  /** What was written, in a buffer of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #varint(value: number | bigint): void {
    this.#reserve(10)
    let rest = value
    if (typeof rest === 'bigint') {
      assert(rest >= 0n && rest < 1n << 64n, 'a written number fits 64 bits')
      while (rest > BigInt(Number.MAX_SAFE_INTEGER)) {
        this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
        rest >>= 7n
      }
      rest = Number(rest)
    }
    assert(Number.isSafeInteger(rest) && rest >= 0, 'a written number is a safe unsigned integer')
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
