import { BlockError, type BlockEntry, type CommandBody, decodeCommand, encodeCommand, evnode } from 'block-fsm'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import { fromHex, vectors } from '../support/vectors.ts'

const text = fc.string({ maxLength: 20 })
const bytes = fc.uint8Array({ maxLength: 40 })
const count = fc.maxSafeNat()
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })

const anyBlock: fc.Arbitrary<BlockEntry> = fc.record(
  {
    height: count,
    daHeaderHeight: count,
    daDataHeight: count,
    hash: bytes,
    timeNs: u64,
    header: bytes,
    data: bytes,
    parentHash: bytes,
    chainId: text,
    token: fc.record({ term: count, index: count }),
    ranges: fc.array(
      fc.record({
        memberId: text,
        journalId: bytes,
        first: count,
        last: count,
        keys: fc.array(fc.record({ sequence: count, key: text }), { maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
    dropped: fc.array(fc.record({ memberId: text, journalId: bytes, sequence: count, reason: text }), { maxLength: 3 }),
    lastSignature: fc.record({ height: count, hash: bytes, signature: bytes }),
  },
  {
    requiredKeys: [
      'height',
      'daHeaderHeight',
      'daDataHeight',
      'hash',
      'timeNs',
      'header',
      'data',
      'parentHash',
      'chainId',
      'token',
      'ranges',
      'dropped',
    ],
  },
)

const anyBody: fc.Arbitrary<CommandBody> = fc.oneof(
  anyBlock.map((block) => ({ kind: 'block' as const, block })),
  fc.record({ kind: fc.constant('daCursor' as const), headerHeight: count, dataHeight: count }),
  fc.record({ kind: fc.constant('openOrigin' as const), memberId: text, journalId: bytes, expectedGeneration: count }),
  fc.record({ kind: fc.constant('ruleVersion' as const), version: fc.nat() }),
  fc.record({ kind: fc.constant('operatorEpoch' as const), epoch: count, reason: text }),
)

test('a command reads back as it was written, and generated code reads the same', () => {
  fc.assert(
    fc.property(anyBody, fc.nat(), (body, version) => {
      const encoded = encodeCommand({ version, body })
      expect(decodeCommand(encoded)).toEqual({ version, body })
      expect(Uint8Array.from(evnode.v1.Command.encode(evnode.v1.Command.decode(encoded)).finish())).toEqual(encoded)
    }),
  )
})

test('arbitrary bytes decode or give a coded error, nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
      try {
        decodeCommand(noise)
      } catch (error) {
        expect(error).toBeInstanceOf(BlockError)
        expect(['UNDECODABLE', 'OUT_OF_RANGE']).toContain((error as BlockError).code)
      }
    }),
    { numRuns: 1000 },
  )
})

test('a command in another order, doubled or asking for nothing is refused', async () => {
  const command = encodeCommand({ version: 1, body: { kind: 'ruleVersion', version: 7 } })
  expect(await codeOf(() => decodeCommand(Uint8Array.from([...command.slice(2), ...command.slice(0, 2)])))).toBe(
    'UNDECODABLE',
  )
  expect(await codeOf(() => decodeCommand(Uint8Array.from([...command, 0x32, 0x00])))).toBe('UNDECODABLE')
  expect(await codeOf(() => decodeCommand(command.slice(0, 2)))).toBe('UNDECODABLE')
})

test('fields 1 to 7 of a block entry are ev-node’s RaftBlockState', () => {
  const vector = vectors.raftBlockState
  const block = {
    height: Number(vector.height),
    daHeaderHeight: Number(vector.headerHeight),
    daDataHeight: Number(vector.dataHeight),
    hash: fromHex(vector.hash),
    timeNs: BigInt(vector.timeNs),
    header: fromHex(vector.header),
    data: fromHex(vector.data),
    parentHash: new Uint8Array(0),
    chainId: '',
    token: { term: 0, index: 0 },
    ranges: [],
    dropped: [],
  }
  const encoded = encodeCommand({ version: 1, body: { kind: 'block', block } })
  const entry = encoded.subarray(2 + 2) // version, then field 2 and its length
  expect(Buffer.from(entry).toString('hex')).toBe(`${vector.bytes}920100`) // and an empty token
})
