import {
  type CommittedBlock,
  type CommittedHeader,
  type StoredBlock,
  completeBlock,
  dataHash,
  headerAtAnchor,
  headerBelow,
  headerHash,
  isCommitted,
  operatorAnchor,
  sealBlock,
} from 'block-fsm'
import { expect, test } from 'vitest'
import { makeChain } from '../support/chain.ts'
import { codeOf } from '../support/code-of.ts'

const chain = makeChain(4)
const tip = chain.at(-1)!
const anchor = operatorAnchor(4, headerHash(tip.header))

test('headers are trusted downwards from an anchor, bodies by their data hash, metadata rebuilt', () => {
  const headers = [headerAtAnchor(anchor, tip.header)]
  for (const { header } of chain.slice(0, -1).reverse()) headers.unshift(headerBelow(headers[0]!, header))
  let lastDataHash: Uint8Array = new Uint8Array(0)
  for (const [i, header] of headers.entries()) {
    const block = completeBlock(header, chain[i]!.data.txs, lastDataHash)
    expect(block.data).toEqual(chain[i]!.data)
    expect(block.hash).toEqual(headerHash(chain[i]!.header))
    expect(block.dataHash).toEqual(dataHash(chain[i]!.data))
    expect(isCommitted(block)).toBe(true)
    lastDataHash = block.dataHash
  }
})

test('a header that the chain does not name is refused', async () => {
  const top = headerAtAnchor(anchor, tip.header)
  const below = chain[2]!.header
  expect(await codeOf(() => headerAtAnchor(anchor, below))).toBe('WRONG_HEIGHT')
  expect(await codeOf(() => headerAtAnchor(anchor, { ...tip.header, timeNs: 1n }))).toBe('BROKEN_LINK')
  expect(await codeOf(() => headerBelow(top, chain[1]!.header))).toBe('WRONG_HEIGHT')
  expect(await codeOf(() => headerBelow(top, { ...below, appHash: Uint8Array.of(9) }))).toBe('BROKEN_LINK')
})

test('transactions that the header does not commit to are refused', async () => {
  const top = headerAtAnchor(anchor, tip.header)
  expect(await codeOf(() => completeBlock(top, chain[0]!.data.txs, new Uint8Array(32)))).toBe('DATA_MISMATCH')
})

test('look-alikes of committed blocks compile nowhere and are recognised at run time', () => {
  const real = headerAtAnchor(anchor, tip.header)
  const fake = { height: real.height, hash: real.hash, header: real.header, headerBytes: real.headerBytes }
  expect(isCommitted(real)).toBe(true)
  expect(isCommitted(fake)).toBe(false)
  expect(isCommitted(undefined)).toBe(false)
  // @ts-expect-error a plain object is no committed header
  const header: CommittedHeader = fake
  // @ts-expect-error a committed header is no committed block
  const block: CommittedBlock = real
  // @ts-expect-error what was not stored cannot be sealed
  const seal = (committed: CommittedBlock): unknown => sealBlock(committed, committed)
  // @ts-expect-error a plain object is no stored block
  const stored: StoredBlock = { block }
  expect([header, block, seal, stored]).toHaveLength(4)
})
