import { type Frame, headerBytes, pieceBytes } from '../wire/frame.ts'
import { FrameLane } from './frame-lane.ts'

/** Urgent frames go before bulk ones, also between the parts of a large one. Within a lane order is kept. */
export type Lane = 'urgent' | 'bulk'

/** Frames that wait for a socket. */
export class SendQueue {
  readonly #urgent: FrameLane
  readonly #bulk: FrameLane
  /** How much of the first bulk frame went already. */
  #begun = 0

  constructor(urgentBytes: number, bulkBytes: number) {
    this.#urgent = new FrameLane(urgentBytes)
    this.#bulk = new FrameLane(bulkBytes)
  }

  get bytes(): number {
    return this.#urgent.bytes + this.#bulk.bytes - this.#begun
  }

  /** False when the lane is full. */
  push(frame: Frame, lane: Lane): boolean {
    return (lane === 'urgent' ? this.#urgent : this.#bulk).push(frame)
  }

  /** Gives up what is not urgent. */
  clearBulk(): void {
    this.#bulk.clear()
    this.#begun = 0
  }

  /** The next frames to write: at least one if any waits, and no more once they reach `bytes`. */
  take(bytes: number): Frame[] {
    const taken: Frame[] = []
    for (let size = 0; size < bytes; ) {
      const frame = this.#takeUrgent() ?? this.#takeBulk()
      if (frame === undefined) break
      taken.push(frame)
      size += headerBytes + frame.body.length
    }
    return taken
  }

  #takeUrgent(): Frame | undefined {
    const frame = this.#urgent.first()
    if (frame) this.#urgent.shift()
    return frame
  }

  #takeBulk(): Frame | undefined {
    const frame = this.#bulk.first()
    if (frame === undefined) return undefined
    const left = frame.body.length - this.#begun
    if (left > pieceBytes) {
      this.#begun += pieceBytes
      return { type: 'part', body: frame.body.subarray(this.#begun - pieceBytes, this.#begun) }
    }
    const begun = this.#begun
    this.#begun = 0
    this.#bulk.shift()
    return begun === 0 ? frame : { type: 'lastPart', body: frame.body.subarray(begun) }
  }
}
