import type { SendEffect } from '../step/effect.ts'
import type { WriteId } from '../step/state.ts'

/** Messages that wait for a write, in the order of their writes. */
export class HeldMessages {
  #held: SendEffect[] = []

  hold(message: SendEffect): void {
    this.#held.push(message)
  }

  /** Those that may leave now that everything through `write` is durable. */
  release(write: WriteId): SendEffect[] {
    const isFree = ({ after }: SendEffect): boolean => after === undefined || after <= write
    const free = this.#held.filter(isFree)
    if (free.length > 0) this.#held = this.#held.filter((message) => !isFree(message))
    return free
  }
}
