import type { ByteBudget } from '../link/byte-budget.ts'
import { TransportError } from '../errors.ts'
import { leastPartBytes } from './frame.ts'

/** Puts a message together that comes in parts. Holds at most `limitBytes`, and no more than `budget` lets it. */
export class Assembler {
  readonly #limitBytes: number
  readonly #budget: ByteBudget
  #parts: Uint8Array[] = []
  #bytes = 0

  constructor(limitBytes: number, budget: ByteBudget) {
    this.#limitBytes = limitBytes
    this.#budget = budget
  }

  /** A message that came in one frame. */
  whole(body: Uint8Array): Uint8Array {
    if (body.length > this.#limitBytes) {
      throw new TransportError('FRAME_TOO_LARGE', `a message of ${body.length} bytes; the limit is ${this.#limitBytes}`)
    }
    return body
  }

  /** The whole message with its last part, undefined before. */
  add(part: Uint8Array, isLast: boolean): Uint8Array | undefined {
    if (!isLast && part.length < leastPartBytes) {
      throw new TransportError('FRAME_DAMAGED', `a part of ${part.length} bytes; only the last may be that small`)
    }
    if (this.#bytes + part.length > this.#limitBytes) {
      throw new TransportError('FRAME_TOO_LARGE', `a message in parts exceeds the limit of ${this.#limitBytes} bytes`)
    }
    if (!this.#budget.take(part.length)) {
      throw new TransportError('BUSY', 'unnamed peers send too much at once; try again later')
    }
    this.#parts.push(part)
    this.#bytes += part.length
    if (!isLast) return undefined
    const whole = Buffer.concat(this.#parts, this.#bytes)
    this.clear()
    return whole
  }

  /** Forgets what came so far. */
  clear(): void {
    this.#budget.give(this.#bytes)
    this.#parts = []
    this.#bytes = 0
  }
}
