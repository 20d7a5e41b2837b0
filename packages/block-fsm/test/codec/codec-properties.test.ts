import {
  BlockError,
  decodeData,
  decodeHeader,
  decodeHeaderEnvelope,
  decodeP2PData,
  decodeP2PSignedHeader,
  decodeSignedData,
  decodeSignedHeader,
  encodeData,
  encodeHeader,
  encodeLegacyHeader,
  evnode,
  headerHash,
} from 'block-fsm'
import * as fc from 'fast-check'
import Long from 'long'
import { expect, test } from 'vitest'
import { anyData, anyHeader } from '../support/arbitrary.ts'

const decoders = [
  decodeHeader,
  decodeSignedHeader,
  decodeHeaderEnvelope,
  decodeData,
  decodeSignedData,
  decodeP2PSignedHeader,
  decodeP2PData,
]

test('a header reads back as it was written', () => {
  fc.assert(
    fc.property(anyHeader, (header) => {
      expect(decodeHeader(encodeHeader(header))).toEqual(header)
    }),
  )
})

test('data reads back as it was written', () => {
  fc.assert(
    fc.property(anyData, (data) => {
      expect(decodeData(encodeData(data))).toEqual(data)
    }),
  )
})

test('with a version set, generated code writes a header to the same bytes', () => {
  fc.assert(
    fc.property(anyHeader, (header) => {
      const message = {
        ...header,
        version: { block: long(header.version.block), app: long(header.version.app) },
        height: long(BigInt(header.height)),
        time: long(header.timeNs),
      }
      expect(encodeHeader(header)).toEqual(plain(evnode.v1.Header.encode(message).finish()))
    }),
  )
})

test('generated code writes data to the same bytes', () => {
  fc.assert(
    fc.property(anyData, ({ metadata, txs }) => {
      const message = metadata && { ...metadata, height: long(BigInt(metadata.height)), time: long(metadata.timeNs) }
      expect(encodeData({ ...(metadata && { metadata }), txs })).toEqual(
        plain(evnode.v1.Data.encode({ ...(message && { metadata: message }), txs: [...txs] }).finish()),
      )
    }),
  )
})

test('fields in another order, repeated or unknown do not change what a header hashes to', () => {
  fc.assert(
    fc.property(anyHeader, fc.uint8Array({ maxLength: 40 }), (header, noise) => {
      const unknown = [0xa2, 0x06, noise.length, ...noise] // field 100
      const bytes = Uint8Array.from([...unknown, 0x10, 0x63, ...encodeLegacyHeader(header), ...unknown])
      const { legacy, ...rest } = decodeHeader(bytes)
      expect(legacy?.consensusHash).toEqual(new Uint8Array(32))
      expect(headerHash(rest)).toEqual(headerHash(header))
    }),
  )
})

test('arbitrary bytes decode or give a coded error, nothing else', () => {
  fc.assert(
    fc.property(fc.constantFrom(...decoders), mangled(), (decode, bytes) => {
      try {
        decode(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(BlockError)
        expect(['UNDECODABLE', 'OUT_OF_RANGE']).toContain((error as BlockError).code)
      }
    }),
    { numRuns: 2000 },
  )
})

test('a height that no safe integer holds is refused', () => {
  expect(codeOf(() => decodeHeader(Uint8Array.of(0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10)))).toBe(
    'OUT_OF_RANGE',
  )
})

test('a chain id that is not UTF-8 is refused', () => {
  expect(codeOf(() => decodeHeader(Uint8Array.of(0x62, 0x01, 0xff)))).toBe('UNDECODABLE')
})

test('a legacy hash above ev-node’s limit is refused', () => {
  const oversized = evnode.v1.Header.encode({ lastCommitHash: new Uint8Array(1025) }).finish()
  expect(codeOf(() => decodeHeader(oversized))).toBe('UNDECODABLE')
})

test('a signed header without header and signed data without data are refused', () => {
  expect(codeOf(() => decodeSignedHeader(Uint8Array.of()))).toBe('UNDECODABLE')
  expect(codeOf(() => decodeSignedData(Uint8Array.of()))).toBe('UNDECODABLE')
})

function mangled(): fc.Arbitrary<Uint8Array> {
  const encoded = fc.oneof(anyHeader.map(encodeHeader), anyData.map(encodeData))
  const flipped = fc.tuple(encoded, fc.nat(), fc.nat(255)).map(([bytes, at, value]) => {
    const copy = Uint8Array.from(bytes)
    if (copy.length > 0) copy[at % copy.length] = value
    return copy
  })
  const cut = fc.tuple(encoded, fc.nat()).map(([bytes, at]) => bytes.slice(0, at % (bytes.length + 1)))
  return fc.oneof(fc.uint8Array({ maxLength: 200 }), flipped, cut)
}

function long(value: bigint): Long {
  return Long.fromString(value.toString(), true)
}

function plain(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes)
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as BlockError).code
  }
}
