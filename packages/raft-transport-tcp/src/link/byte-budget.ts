/** Bytes that several owners share. */
export class ByteBudget {
  #left: number

  constructor(limitBytes: number) {
    this.#left = limitBytes
  }

  /** False when so many are not left. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}
