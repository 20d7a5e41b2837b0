// Hash and signature of a height, each by its first eight bytes.
const halfBytes = 8
const recordBytes = 2 * halfBytes
const recordsPerChunk = 4096

/** The first bytes of a block's hash and signature, in hex. */
export interface HeightDigest {
  readonly hash: string
  readonly signature: string
}

/**
 * Remembers hash and signature of very many heights in little memory: sixteen bytes each. Beyond `limitBytes`, by default
 * 16 MiB or a million heights, the lowest are forgotten.
 */
export class HeightDigests {
  readonly #chunksKept: number
  readonly #chunks = new Map<number, { readonly bytes: Buffer; readonly isKnown: Uint8Array }>()

  constructor(limitBytes: number = 16 << 20) {
    this.#chunksKept = Math.max(1, Math.floor(limitBytes / (recordBytes * recordsPerChunk)))
  }

  get(height: number): HeightDigest | undefined {
    const chunk = this.#chunks.get(Math.floor(height / recordsPerChunk))
    const place = height % recordsPerChunk
    if (chunk === undefined || chunk.isKnown[place] !== 1) return undefined
    const at = place * recordBytes
    return {
      hash: chunk.bytes.toString('hex', at, at + halfBytes),
      signature: chunk.bytes.toString('hex', at + halfBytes, at + recordBytes),
    }
  }

  set(height: number, { hash, signature }: HeightDigest): void {
    const index = Math.floor(height / recordsPerChunk)
    const chunk = this.#chunks.get(index) ?? this.#addChunk(index)
    if (chunk === undefined) return
    const place = height % recordsPerChunk
    const at = place * recordBytes
    chunk.bytes.write(hash, at, halfBytes, 'hex')
    chunk.bytes.write(signature, at + halfBytes, halfBytes, 'hex')
    chunk.isKnown[place] = 1
  }

  #addChunk(index: number): { readonly bytes: Buffer; readonly isKnown: Uint8Array } | undefined {
    const lowest = Math.min(...this.#chunks.keys())
    if (this.#chunks.size >= this.#chunksKept) {
      if (index < lowest) return undefined
      this.#chunks.delete(lowest)
    }
    const chunk = { bytes: Buffer.alloc(recordBytes * recordsPerChunk), isKnown: new Uint8Array(recordsPerChunk) }
    this.#chunks.set(index, chunk)
    return chunk
  }
}

/** The part of a block that is remembered: `hash` is hex, `signature` base64. */
export function digestOf(hash: string, signature: string): HeightDigest {
  return {
    hash: hash.slice(0, 2 * halfBytes).padEnd(2 * halfBytes, '0'),
    signature: Buffer.from(signature, 'base64')
      .toString('hex', 0, halfBytes)
      .padEnd(2 * halfBytes, '0'),
  }
}
