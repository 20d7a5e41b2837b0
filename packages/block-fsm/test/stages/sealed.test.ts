import {
  type BlockSigner,
  type CommittedBlock,
  completeBlock,
  dataCommitment,
  headerAtAnchor,
  headerBelow,
  headerHash,
  loadBlock,
  loadHeader,
  loadSealed,
  operatorAnchor,
  sealBlock,
  signHeader,
  signerOf,
  signingBytes,
  storeBlocks,
  verifyDataSignature,
  verifyEnvelopeSignature,
  verifyHeaderSignature,
  verifySignature,
  verifySignatures,
} from 'block-fsm'
import { expect, test } from 'vitest'
import { makeChain, proposer } from '../support/chain.ts'
import { codeOf } from '../support/code-of.ts'
import { seededSigner } from '../support/keys.ts'
import { memoryStore } from '../support/memory-store.ts'

const chain = makeChain(2)

test('a committed block that is signed and stored is sealed, and its signature verifies', async () => {
  const [block] = committed()
  const [stored] = await storeBlocks(memoryStore(), [block])
  const sealed = sealBlock(stored!, await signHeader(proposer, block))
  verifyHeaderSignature(sealed.signedHeader)
  expect(sealed.data).toEqual(chain[0]!.data)
})

test('the pieces of different blocks do not make a sealed block', async () => {
  const [first, second] = committed()
  const [stored] = await storeBlocks(memoryStore(), [first])
  const signature = await signHeader(proposer, second)
  expect(await codeOf(() => sealBlock(stored!, signature))).toBe('MISMATCHED_STAGES')
  expect(await codeOf(() => signingBytes({ kind: 'envelope', block: first, signature }))).toBe('MISMATCHED_STAGES')
})

test('data and envelope are signed over what ev-node verifies', async () => {
  const [block] = committed()
  const signature = await signHeader(proposer, block)
  const signed = { header: block.header, signature: signature.signature, signer: signature.signer }
  verifyEnvelopeSignature({ ...signed, envelopeSignature: await proposer.sign({ kind: 'envelope', block, signature }) })
  const dataSignature = await proposer.sign({ kind: 'data', block })
  verifyDataSignature({ data: block.data, signature: dataSignature, signer: signature.signer })
})

test('a signer that gives a wrong signature is found out', async () => {
  const [block] = committed()
  const broken: BlockSigner = { ...proposer, sign: async () => new Uint8Array(64) }
  expect(await codeOf(() => signHeader(broken, block))).toBe('SIGNATURE_INVALID')
})

test('a signature from a peer counts only when it is the proposer’s', async () => {
  const [block] = committed()
  const { signature, signer } = await signHeader(proposer, block)
  expect(verifySignature(block, signature, signer).hash).toEqual(block.hash)
  const stranger = seededSigner(8)
  const strange = await stranger.sign({ kind: 'header', block })
  expect(await codeOf(() => verifySignature(block, strange, signerOf(stranger.publicKey)))).toBe('SIGNER_MISMATCH')
})

test('signatures verified elsewhere count only where the answer is yes', async () => {
  const [first, second] = committed()
  const { signature, signer } = await signHeader(proposer, first)
  const claims = [first, second].map((block) => ({ block, signature, signer }))
  const verified = await verifySignatures(claims, async (batch) =>
    batch.map((signed) => {
      try {
        verifyHeaderSignature(signed)
        return true
      } catch {
        return false
      }
    }),
  )
  expect(verified.map((one) => one?.height)).toEqual([1, undefined])
})

test('publishers get from the store only whole blocks with a verified signature', async () => {
  const store = memoryStore()
  const [first, second] = committed()
  await storeBlocks(store, [first, second])
  await store.putSignatures([await signHeader(proposer, first)])
  expect((await loadSealed(store, 1))?.hash).toEqual(first.hash)
  expect(await loadSealed(store, 2)).toBeUndefined()
  expect(await loadSealed(store, 3)).toBeUndefined()
  expect((await loadBlock(store, 2))?.hash).toEqual(second.hash)
  expect((await loadHeader(store, 2))?.hash).toEqual(second.hash)
  store.damage(1, { data: undefined })
  expect(await loadSealed(store, 1)).toBeUndefined()
})

test('a damaged record of the store is noticed before it is published', async () => {
  const store = memoryStore()
  const [first] = committed()
  await storeBlocks(store, [first])
  await store.putSignatures([await signHeader(proposer, first)])
  store.damage(1, { data: { txs: [] } })
  expect(await codeOf(() => loadSealed(store, 1))).toBe('DATA_MISMATCH')
  store.damage(1, { header: { ...first.header, dataHash: dataCommitment([]) }, data: { txs: [] } })
  expect(await codeOf(() => loadSealed(store, 1))).toBe('BROKEN_LINK')
})

function committed(): [CommittedBlock, CommittedBlock] {
  const [first, second] = chain
  const top = headerAtAnchor(operatorAnchor(2, headerHash(second!.header)), second!.header)
  const bottom = headerBelow(top, first!.header)
  const lower = completeBlock(bottom, first!.data.txs, new Uint8Array(0))
  return [lower, completeBlock(top, second!.data.txs, lower.dataHash)]
}
