import { TransportError } from '../errors.ts'

/**
 * First bytes of a connection, both ways: `RAFT`, the version of the frames, the kind of stream (0 carries messages; others are
 * kept for snapshots), two zeros.
 */
export const preface: Uint8Array = Uint8Array.of(0x52, 0x41, 0x46, 0x54, 1, 0, 0, 0)

/** Compares what comes with the preface, byte by byte. */
export class PrefaceReader {
  #read = 0

  get isDone(): boolean {
    return this.#read === preface.length
  }

  /** How many of these bytes belong to the preface. `PREFACE_INVALID` at the first that differs. */
  take(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, preface.length - this.#read)
    for (let i = 0; i < count; i++) {
      if (bytes[i] === preface[this.#read + i]) continue
      throw new TransportError('PREFACE_INVALID', 'who connected does not speak this version of Raft frames')
    }
    this.#read += count
    return count
  }
}
