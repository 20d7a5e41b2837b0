import { crc32 } from 'node:zlib'
import { TransportError } from '../errors.ts'

/**
 * What a frame holds. A message larger than a piece travels as `part` frames and one `lastPart`, between which other frames may
 * stand; at most one message is in parts at a time.
 */
export type FrameType = 'hello' | 'rejection' | 'envelope' | 'part' | 'lastPart' | 'goodbye' | 'ping' | 'pong'

const types: readonly FrameType[] = ['hello', 'rejection', 'envelope', 'part', 'lastPart', 'goodbye', 'ping', 'pong']

/** Length of type and body, their CRC-32, the type. Numbers are big-endian. */
export const headerBytes = 9

/** Sent at a time of a larger message: what an urgent one waits for at most, beside the socket's own buffer. */
export const pieceBytes: number = 128 * 1024

/** Least size of a `part`, so that many tiny ones cannot cost more memory than they bring bytes. */
export const leastPartBytes: number = 16 * 1024

/** Largest frame on the wire. */
export const frameLimitBytes: number = 1024 * 1024

export interface Frame {
  readonly type: FrameType
  /** Never written to again, so views into it may be kept. */
  readonly body: Uint8Array
}

/** Writes the header of a frame at `offset`; the body follows it. */
export function writeHeader(target: Buffer, offset: number, { type, body }: Frame): void {
  target.writeUInt32BE(1 + body.length, offset)
  target[offset + 8] = types.indexOf(type)
  target.writeUInt32BE(crc32(body, crc32(target.subarray(offset + 8, offset + 9))), offset + 4)
}

/** Reads a whole frame. `FRAME_DAMAGED` for a wrong checksum or an unknown type. */
export function readFrame(bytes: Buffer): Frame {
  if (crc32(bytes.subarray(8)) !== bytes.readUInt32BE(4)) {
    throw new TransportError('FRAME_DAMAGED', 'a frame does not match its checksum')
  }
  const type = types[bytes[8]!]
  if (type === undefined) throw new TransportError('FRAME_DAMAGED', `a frame of the unknown type ${bytes[8]}`)
  return { type, body: bytes.subarray(headerBytes) }
}

/** Bytes of the frame whose header begins here, 8 of which are there. `FRAME_TOO_LARGE` above the limit. */
export function frameLength(bytes: Buffer, limitBytes: number): number {
  const length = bytes.readUInt32BE(0)
  if (length < 1) throw new TransportError('FRAME_DAMAGED', 'a frame has no type')
  if (length > limitBytes) {
    throw new TransportError('FRAME_TOO_LARGE', `a frame of ${length} bytes; the limit is ${limitBytes}`)
  }
  return 8 + length
}
