import { crc32 } from 'node:zlib'
import { TransportError } from './errors.ts'

/** What a frame holds. */
export type FrameType = 'hello' | 'rejection' | 'envelope' | 'goodbye' | 'ping' | 'pong'

const types: readonly FrameType[] = ['hello', 'rejection', 'envelope', 'goodbye', 'ping', 'pong']

/** Length of type and body, their checksum; then the type and the body. */
const headerBytes = 8

export interface Frame {
  readonly type: FrameType
  /** A view; valid until the next call of the reader. */
  readonly body: Uint8Array
}

/** Header and type of a frame; the body follows. */
export function encodeFrame(type: FrameType, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + 1 + body.length)
  frame.writeUInt32BE(1 + body.length, 0)
  frame[headerBytes] = types.indexOf(type)
  frame.set(body, headerBytes + 1)
  frame.writeUInt32BE(crc32(frame.subarray(headerBytes)), 4)
  return frame
}

/**
 * Cuts a stream of bytes into frames. Holds at most one unfinished frame of at most `limitBytes`; a longer one, a wrong checksum
 * or an unknown type is an error, after which the stream cannot be read on.
 */
export class FrameReader {
  readonly #limitBytes: number
  #chunks: Buffer[] = []
  #size = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** The frames that these bytes complete, in order. */
  *push(bytes: Buffer): Generator<Frame> {
    this.#chunks.push(bytes)
    this.#size += bytes.length
    while (this.#size >= headerBytes) {
      const length = this.#join(headerBytes).readUInt32BE(0)
      if (length < 1) throw new TransportError('FRAME_DAMAGED', 'a frame has no type')
      if (length > this.#limitBytes) {
        throw new TransportError('FRAME_TOO_LARGE', `a frame of ${length} bytes; the limit is ${this.#limitBytes}`)
      }
      if (this.#size < headerBytes + length) return
      yield decodeFrame(this.#take(headerBytes + length))
    }
  }

  /** The first chunk, made at least `bytes` long. */
  #join(bytes: number): Buffer {
    if (this.#chunks[0]!.length < bytes) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]!
  }

  #take(bytes: number): Buffer {
    const first = this.#join(bytes)
    this.#size -= bytes
    if (first.length === bytes) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(bytes)
    return first.subarray(0, bytes)
  }
}

function decodeFrame(frame: Buffer): Frame {
  const content = frame.subarray(headerBytes)
  if (crc32(content) !== frame.readUInt32BE(4))
    throw new TransportError('FRAME_DAMAGED', 'a frame does not match its checksum')
  const type = types[content[0]!]
  if (type === undefined) throw new TransportError('FRAME_DAMAGED', `a frame of the unknown type ${content[0]}`)
  return { type, body: content.subarray(1) }
}
