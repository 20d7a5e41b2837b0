import { CatchupError } from '../errors.ts'

/** Five bytes hold 35 bits: far above every limit here. */
const longestLength = 5

/**
 * Cuts a stream into messages: an unsigned LEB128 length before each. Holds at most one message that is not whole, and never
 * one above the limit. What cannot be a length, or goes beyond the limit, is `PEER_MALFORMED`.
 */
export class FrameReader {
  readonly #limitBytes: number
  #parts: Uint8Array[] = []
  #partBytes = 0
  /** Bytes of length and message together, once the length is known. */
  #wanted: number | undefined
  #headBytes = 0

  /** `limitBytes` bounds one message without its length. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** Length of the message that is not whole yet, once known. */
  get pendingLength(): number | undefined {
    return this.#wanted === undefined ? undefined : this.#wanted - this.#headBytes
  }

  /** True when the stream may end here. */
  get isBetweenFrames(): boolean {
    return this.#partBytes === 0
  }

  /** The messages that became whole, as views into `chunk` where they fit in it. */
  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = []
    let rest = chunk
    while (rest.length > 0) {
      if (this.#wanted === undefined) rest = this.#takeLength(rest)
      if (this.#wanted === undefined) break
      const missing = this.#wanted - this.#partBytes
      const taken = rest.subarray(0, missing)
      rest = rest.subarray(taken.length)
      this.#keep(taken)
      if (this.#partBytes === this.#wanted) frames.push(this.#finish())
    }
    return frames
  }

  /** Puts the bytes of an incomplete length aside, or learns the length; answers what is left of `rest`. */
  #takeLength(rest: Uint8Array): Uint8Array {
    const head = this.#partBytes === 0 ? rest : Buffer.concat([...this.#parts, rest.subarray(0, longestLength)])
    let length = 0
    for (let i = 0; i < Math.min(head.length, longestLength); i++) {
      const byte = head[i]!
      length += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return this.#begin(length, i + 1, rest)
    }
    if (head.length >= longestLength) throw malformed('a message length of more than five bytes')
    this.#keep(rest)
    return rest.subarray(rest.length)
  }

  #begin(length: number, headBytes: number, rest: Uint8Array): Uint8Array {
    if (length > this.#limitBytes) throw malformed(`a message of ${length} bytes; ${this.#limitBytes} are allowed`)
    const known = this.#partBytes
    this.#parts = []
    this.#partBytes = headBytes
    this.#headBytes = headBytes
    this.#wanted = headBytes + length
    return rest.subarray(headBytes - known)
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return
    this.#parts.push(part)
    this.#partBytes += part.length
  }

  #finish(): Uint8Array {
    const frame = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    this.#parts = []
    this.#partBytes = 0
    this.#wanted = undefined
    return frame
  }
}

function malformed(what: string): CatchupError {
  return new CatchupError('PEER_MALFORMED', `the peer announced ${what}`)
}
