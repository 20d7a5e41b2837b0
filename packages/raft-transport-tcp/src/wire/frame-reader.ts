import { assert } from 'raft-core'
import { type Frame, frameLength, readFrame } from './frame.ts'
import { PrefaceReader } from './preface.ts'

const nothing = Buffer.alloc(0)

/** Enough of a header to know the frame's length. */
const lengthBytes = 8

/**
 * Cuts a stream of bytes into frames, after its preface. Holds at most one unfinished frame of at most `limitBytes`. A longer one,
 * a wrong checksum or an unknown type is an error, after which the stream cannot be read on.
 */
export class FrameReader {
  /** May be raised once a peer is known. */
  limitBytes: number
  readonly #preface = new PrefaceReader()
  /** What came last and is not read yet. */
  #chunk: Buffer = nothing
  /** An unfinished frame, or as much of it as tells its length. */
  #partial: Buffer | undefined
  #filled = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  /** Takes the next bytes of the stream; the ones before must have been read. */
  push(chunk: Buffer): void {
    assert(this.#chunk.length === 0, 'frames are read before more bytes come')
    this.#chunk = chunk
  }

  /** The next whole frame; undefined when more bytes are needed. */
  next(): Frame | undefined {
    if (!this.#preface.isDone) this.#chunk = this.#chunk.subarray(this.#preface.take(this.#chunk))
    if (this.#partial) return this.#finishPartial()
    const chunk = this.#chunk
    const length = chunk.length < lengthBytes ? lengthBytes : frameLength(chunk, this.limitBytes)
    if (chunk.length >= length && chunk.length >= lengthBytes) {
      this.#chunk = chunk.subarray(length)
      return readFrame(chunk.subarray(0, length))
    }
    if (chunk.length > 0) this.#beginPartial(length)
    return undefined
  }

  #beginPartial(length: number): void {
    this.#partial = Buffer.allocUnsafeSlow(length)
    this.#filled = this.#chunk.copy(this.#partial)
    this.#chunk = nothing
  }

  #finishPartial(): Frame | undefined {
    if (!this.#fill()) return undefined
    if (this.#partial!.length === lengthBytes) {
      const whole = Buffer.allocUnsafeSlow(frameLength(this.#partial!, this.limitBytes))
      this.#partial!.copy(whole)
      this.#partial = whole
      if (!this.#fill()) return undefined
    }
    const frame = readFrame(this.#partial!)
    this.#partial = undefined
    return frame
  }

  /** True when the partial frame is full. */
  #fill(): boolean {
    const partial = this.#partial!
    const count = this.#chunk.copy(partial, this.#filled)
    this.#chunk = this.#chunk.subarray(count)
    this.#filled += count
    return this.#filled === partial.length
  }
}
