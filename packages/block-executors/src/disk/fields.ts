/** Byte fields one after the other, each behind its length in four bytes. */
export function fields(...parts: readonly Uint8Array[]): Buffer {
  const whole = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + 4 + length, 0))
  let at = 0
  for (const bytes of parts) {
    whole.writeUInt32BE(bytes.length, at)
    whole.set(bytes, at + 4)
    at += 4 + bytes.length
  }
  return whole
}

/** Reads {@link fields} again, as copies. A cut-off value is a RangeError. */
export class FieldReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  bytes(): Uint8Array {
    const from = this.#at + 4
    const to = from + this.#bytes.readUInt32BE(this.#at)
    if (to > this.#bytes.length) throw new RangeError('a field goes beyond its record')
    this.#at = to
    return Uint8Array.from(this.#bytes.subarray(from, to))
  }

  number(): number {
    return Number(Buffer.from(this.bytes()).readBigUInt64BE())
  }
}

/** A number as a field. */
export function numberField(number: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(number))
  return bytes
}
