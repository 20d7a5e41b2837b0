/** A seeded generator in pure 32-bit integer arithmetic (sfc32): the same numbers on every machine and Node version. */
export class Seeded {
  #a: number
  #b: number
  #c: number
  #count: number

  constructor(seed: number) {
    this.#a = seed >>> 0
    this.#b = Math.floor(seed / 2 ** 32) >>> 0
    this.#c = 0x9e3779b9
    this.#count = 1
    for (let i = 0; i < 12; i++) this.uint32()
  }

  /** Any unsigned 32-bit number. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** In [0, 1). */
  fraction(): number {
    return this.uint32() / 2 ** 32
  }

  /** A whole number from 0 below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  between(low: number, high: number): number {
    return low + this.fraction() * (high - low)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /**
   * Mostly small, sometimes many times `mean`, never above 23 x mean: how long things take. The logarithm is the count of leading
   * zeros with straight lines between the powers of two, because `Math.log` may differ between engines.
   */
  exponential(mean: number): number {
    const word = (this.uint32() | 1) >>> 0
    const zeros = Math.clz32(word)
    const mantissa = ((word << zeros) >>> 0) / 2 ** 31
    return (zeros + 2 - mantissa) * Math.LN2 * mean
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.uint32() & 0xff)
  }
}
