/** A seeded generator whose whole state is one unsigned 32-bit number (mulberry32). */
export interface SeededRandom {
  state: number
}

/** The next number in [0, 1), the same on every machine for the same seed. */
export function nextRandom(random: SeededRandom): number {
  random.state = (random.state + 0x6d2b79f5) >>> 0
  let mixed = random.state
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

/** Uniform in [base, 2 x base), the jitter of every Raft timeout. */
export function jittered(random: SeededRandom, base: number): number {
  return base * (1 + nextRandom(random))
}
