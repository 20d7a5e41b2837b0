import type { Data, Header, Metadata } from 'block-fsm'
import * as fc from 'fast-check'

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
const height = fc.oneof(fc.nat(), fc.maxSafeNat())
const bytes = fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array())
const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => !value.includes('\ufeff'))

export const anyHeader: fc.Arbitrary<Header> = fc.record({
  version: fc.record({ block: u64, app: u64 }),
  height,
  timeNs: u64,
  lastHeaderHash: bytes,
  dataHash: bytes,
  appHash: bytes,
  proposerAddress: bytes,
  validatorHash: bytes,
  chainId: text,
})

export const anyMetadata: fc.Arbitrary<Metadata> = fc.record({
  chainId: text,
  height,
  timeNs: u64,
  lastDataHash: bytes,
})

export const anyTxs: fc.Arbitrary<Uint8Array[]> = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })

export const anyData: fc.Arbitrary<Data> = fc.record({ metadata: anyMetadata, txs: anyTxs }, { requiredKeys: ['txs'] })
