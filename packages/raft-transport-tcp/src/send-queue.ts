/** Frames that wait for a socket: urgent ones first, both kinds in order. */
export class SendQueue {
  readonly #limitBytes: number
  #urgent: Buffer[] = []
  #bulk: Buffer[] = []
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  /** False when the frame does not fit any more. */
  push(frame: Buffer, isUrgent: boolean): boolean {
    if (this.#bytes > 0 && this.#bytes + frame.length > this.#limitBytes) return false
    this.#bytes += frame.length
    if (isUrgent) this.#urgent.push(frame)
    else this.#bulk.push(frame)
    return true
  }

  /** The next frames, at least one, as many as fit into `bytes`. */
  take(bytes: number): Buffer[] {
    const taken: Buffer[] = []
    let size = 0
    for (const lane of [this.#urgent, this.#bulk]) {
      let count = 0
      while (count < lane.length && (size === 0 || size + lane[count]!.length <= bytes)) {
        size += lane[count]!.length
        count += 1
      }
      taken.push(...lane.splice(0, count))
    }
    this.#bytes -= size
    return taken
  }
}
