import type { Crc32 } from '../ports/hash.ts'

const table = makeTable()

/** CRC-32 (IEEE 802.3, reflected, as zlib's), one table lookup a byte. */
export const crc32: Crc32 = (bytes, seed = 0) => {
  let crc = ~seed
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    return crc
  })
}
