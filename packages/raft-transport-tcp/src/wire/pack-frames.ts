import { type Frame, headerBytes, writeHeader } from './frame.ts'

/** Bodies from here on are handed to the socket as they are: copying them costs more than another buffer. */
const copyBelowBytes = 16 * 1024

/** The bytes of these frames in few buffers. Small ones share one, because a write for each costs ten times the copy. */
export function packFrames(frames: readonly Frame[]): Buffer[] {
  const buffers: Buffer[] = []
  let shared = Buffer.allocUnsafe(sharedBytes(frames))
  let used = 0
  for (const frame of frames) {
    writeHeader(shared, used, frame)
    used += headerBytes
    if (frame.body.length < copyBelowBytes) {
      shared.set(frame.body, used)
      used += frame.body.length
      continue
    }
    const { buffer, byteOffset, byteLength } = frame.body
    buffers.push(shared.subarray(0, used), Buffer.from(buffer, byteOffset, byteLength))
    shared = shared.subarray(used)
    used = 0
  }
  if (used > 0) buffers.push(shared.subarray(0, used))
  return buffers
}

function sharedBytes(frames: readonly Frame[]): number {
  let bytes = 0
  for (const { body } of frames) bytes += headerBytes + (body.length < copyBelowBytes ? body.length : 0)
  return bytes
}

/** One frame in a buffer of its own. */
export function encodeFrame(type: Frame['type'], body: Uint8Array): Buffer {
  return Buffer.concat(packFrames([{ type, body }]))
}
