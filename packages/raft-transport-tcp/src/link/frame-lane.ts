import { type Frame, headerBytes } from '../wire/frame.ts'

/** A first-in first-out queue of frames with a limit in bytes. */
export class FrameLane {
  readonly #limitBytes: number
  #frames: Frame[] = []
  #head = 0
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** With what the headers cost. */
  get bytes(): number {
    return this.#bytes
  }

  /** False when the frame does not fit; into an empty lane every frame does. */
  push(frame: Frame): boolean {
    const size = headerBytes + frame.body.length
    if (this.#bytes > 0 && this.#bytes + size > this.#limitBytes) return false
    this.#frames.push(frame)
    this.#bytes += size
    return true
  }

  first(): Frame | undefined {
    return this.#frames[this.#head]
  }

  shift(): void {
    this.#bytes -= headerBytes + this.first()!.body.length
    this.#head += 1
    // Cutting the array at each turn would move all that waits behind.
    if (this.#head * 2 < this.#frames.length) return
    this.#frames = this.#frames.slice(this.#head)
    this.#head = 0
  }

  clear(): void {
    this.#frames = []
    this.#head = 0
    this.#bytes = 0
  }
}
