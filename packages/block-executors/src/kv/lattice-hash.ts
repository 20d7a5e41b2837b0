import { createHash } from 'node:crypto'
import { endianness } from 'node:os'

const laneCount = 1024
const stateBytes = 2 * laneCount

/**
 * A hash of a set that is kept up to date by adding and removing elements, in any order: LtHash with 1024 lanes of 16 bits
 * (Bellare and Micciancio 1997; Lewi, Kim, Maykov and Weis 2019, "Securing Update Propagation with Homomorphic Hashing"). Each
 * element is expanded by SHAKE128; the lanes are added up. Finding two sets with one hash is believed to take more than 2^200 steps.
 */
export class LatticeHash {
  readonly #lanes: Uint16Array

  /** Goes on from {@link bytes}; an empty set without. */
  constructor(bytes: Uint8Array = new Uint8Array(stateBytes)) {
    if (bytes.length !== stateBytes) throw new RangeError(`a lattice hash has ${stateBytes} bytes`)
    this.#lanes = lanesOf(Buffer.from(bytes))
  }

  add(element: Uint8Array): void {
    const lanes = expand(element)
    for (let i = 0; i < laneCount; i++) this.#lanes[i]! += lanes[i]!
  }

  remove(element: Uint8Array): void {
    const lanes = expand(element)
    for (let i = 0; i < laneCount; i++) this.#lanes[i]! -= lanes[i]!
  }

  /** The lanes, little-endian: 2048 bytes. */
  bytes(): Buffer {
    const bytes = Buffer.from(Uint8Array.from(Buffer.from(this.#lanes.buffer)))
    return inLittleEndian(bytes)
  }

  /** SHA-256 of the lanes. */
  digest(): Uint8Array {
    return Uint8Array.from(createHash('sha256').update(this.bytes()).digest())
  }
}

function expand(element: Uint8Array): Uint16Array {
  return lanesOf(createHash('shake128', { outputLength: stateBytes }).update(element).digest())
}

function lanesOf(bytes: Buffer): Uint16Array {
  const copy = Uint8Array.from(inLittleEndian(bytes))
  return new Uint16Array(copy.buffer)
}

/** Typed arrays have the machine's byte order. */
function inLittleEndian(bytes: Buffer): Buffer {
  return endianness() === 'LE' ? bytes : bytes.swap16()
}
