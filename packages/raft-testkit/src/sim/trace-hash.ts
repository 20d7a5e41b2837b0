const scratch = new DataView(new ArrayBuffer(8))

/** A running 32-bit hash (FNV-1a) of everything that happened: equal traces, equal hashes, on every machine. */
export class TraceHash {
  #hash = 0x811c9dc5

  get value(): number {
    return this.#hash
  }

  /** Any number, fractions included. */
  mix(value: number): void {
    scratch.setFloat64(0, value)
    this.#mixWord(scratch.getUint32(0))
    this.#mixWord(scratch.getUint32(4))
  }

  mixText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#mixWord(text.charCodeAt(i))
  }

  #mixWord(word: number): void {
    this.#hash = Math.imul(this.#hash ^ word, 0x01000193) >>> 0
  }
}
