import {
  type BlockError,
  dataCommitment,
  dataHash,
  headerHash,
  metadataFor,
  signerOf,
  verifyDataCommitment,
  verifyHeaderSignature,
  verifyLink,
  verifyMetadata,
} from 'block-fsm'
import { expect, test } from 'vitest'
import { fromHex, headerOf, vectors } from '../support/vectors.ts'

const signer = signerOf(fromHex(vectors.key.publicKey))
const vector = vectors.headers.find((candidate) => candidate.name === 'usual')!
const header = { ...headerOf(vector), proposerAddress: signer.address }
const noBytes = new Uint8Array(0)

test('a block that follows its parent, with its transactions and their metadata, passes', () => {
  const txs = [Uint8Array.of(1), Uint8Array.of(2)]
  const child = {
    ...header,
    height: header.height + 1,
    lastHeaderHash: headerHash(header),
    dataHash: dataCommitment(txs),
  }
  verifyLink({ height: header.height, hash: headerHash(header) }, child)
  verifyDataCommitment(child, txs)
  const lastDataHash = dataHash({ txs: [] })
  verifyMetadata(child, lastDataHash, { metadata: metadataFor(child, lastDataHash), txs })
})

test('a header of another height or with another parent is refused', () => {
  const parent = { height: header.height - 1, hash: header.lastHeaderHash }
  expect(codeOf(() => verifyLink({ ...parent, height: header.height }, header))).toBe('WRONG_HEIGHT')
  expect(codeOf(() => verifyLink({ ...parent, hash: header.dataHash }, header))).toBe('BROKEN_LINK')
})

test('transactions in another order are refused', () => {
  const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)]
  const committed = { ...header, dataHash: dataCommitment([a, b]) }
  expect(codeOf(() => verifyDataCommitment(committed, [b, a]))).toBe('DATA_MISMATCH')
})

test('metadata that differs from the header or from the previous data is refused', () => {
  const metadata = metadataFor(header, header.dataHash)
  for (const wrong of [
    { ...metadata, height: 1 },
    { ...metadata, timeNs: 1n },
    { ...metadata, chainId: 'x' },
    { ...metadata, lastDataHash: noBytes },
  ]) {
    expect(codeOf(() => verifyMetadata(header, header.dataHash, { metadata: wrong, txs: [] }))).toBe(
      'METADATA_MISMATCH',
    )
  }
  expect(codeOf(() => verifyMetadata(header, header.dataHash, { txs: [] }))).toBe('METADATA_MISMATCH')
})

test('each fault of a signature has its name', () => {
  const signed = { header, signature: fromHex(vector.signature), signer }
  const usualHeader = { ...headerOf(vector) }
  expect(codeOf(() => verifyHeaderSignature(signed))).toBe('SIGNATURE_INVALID')
  expect(codeOf(() => verifyHeaderSignature({ ...signed, signature: noBytes }))).toBe('SIGNATURE_MISSING')
  expect(codeOf(() => verifyHeaderSignature({ ...signed, signature: new Uint8Array(63) }))).toBe('SIGNATURE_INVALID')
  expect(codeOf(() => verifyHeaderSignature({ ...signed, header: usualHeader }))).toBe('SIGNER_MISMATCH')
  const absent = { address: signer.address, publicKey: noBytes }
  expect(codeOf(() => verifyHeaderSignature({ ...signed, signer: absent }))).toBe('SIGNER_MISSING')
  const stranger = { address: new Uint8Array(32), publicKey: signer.publicKey }
  expect(codeOf(() => verifyHeaderSignature({ ...signed, signer: stranger }))).toBe('SIGNER_MISMATCH')
  const secp256k1 = { address: signer.address, publicKey: Uint8Array.of(8, 2, 18, 33, ...new Uint8Array(33)) }
  expect(codeOf(() => verifyHeaderSignature({ ...signed, signer: secp256k1 }))).toBe('UNSUPPORTED_KEY')
})

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as BlockError).code
  }
}
