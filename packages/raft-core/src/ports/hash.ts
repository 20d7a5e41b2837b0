/** SHA-256 of the bytes: 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/**
 * CRC-32 (IEEE 802.3) of the bytes, as an unsigned 32-bit number. `seed` continues an earlier result.
 * raft-core has its own; Node's `zlib.crc32` has this shape and is faster.
 */
export type Crc32 = (bytes: Uint8Array, seed?: number) => number
