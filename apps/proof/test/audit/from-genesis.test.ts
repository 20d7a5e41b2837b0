import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlockDocument } from 'aggregator'
import {
  addressOf,
  dataCommitment,
  type Header,
  headerHash,
  headerPreImage,
  toHex,
  transactionHash,
  zeroVersion,
} from 'block-fsm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyFromGenesis } from '../../src/audit/from-genesis.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const rawKey = Uint8Array.from(Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url'))
const home = mkdtempSync(join(tmpdir(), 'proof-home-'))
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

beforeAll(() => {
  mkdirSync(join(home, 'config'))
  const genesis = { chain_id: 'c1', proposer_address: base64(addressOf(rawKey)) }
  writeFileSync(join(home, 'config', 'genesis.json'), JSON.stringify(genesis))
  writeFileSync(join(home, 'config', 'signer.json'), JSON.stringify({ pub_key: base64(rawKey) }))
})

afterAll(() => rmSync(home, { recursive: true }))

/** A block as a node shows it, on top of its parent. */
function blockOn(parent: BlockDocument | undefined, data: string): BlockDocument {
  const tx = Uint8Array.from(Buffer.from(data))
  const height = (parent?.height ?? 0) + 1
  const header: Header = {
    version: zeroVersion,
    height,
    timeNs: 1_767_225_600_000_000_000n + BigInt(height) * 250_000_000n,
    lastHeaderHash: Uint8Array.from(Buffer.from(parent?.hash ?? '', 'hex')),
    dataHash: dataCommitment([tx]),
    appHash: Uint8Array.of(height),
    proposerAddress: addressOf(rawKey),
    validatorHash: new Uint8Array(),
    chainId: 'c1',
  }
  return {
    height,
    hash: toHex(headerHash(header)),
    parent_hash: toHex(header.lastHeaderHash),
    time: `2026-01-01T00:00:00.${String(height * 250_000_000).padStart(9, '0')}Z`,
    app_hash: toHex(header.appHash),
    data_hash: toHex(header.dataHash),
    proposer: toHex(header.proposerAddress),
    signature: base64(sign(null, headerPreImage(header), privateKey)),
    txs: [{ hash: toHex(transactionHash(tx)), data: base64(tx) }],
  }
}

const first = blockOn(undefined, 'a=1')
const second = blockOn(first, 'b=2')
const third = blockOn(second, 'c=3')

test('a chain that follows from the genesis is accepted', async () => {
  await verifyFromGenesis(home, [first, second, third])
})

test.each<[string, readonly BlockDocument[]]>([
  ['a missing block', [first, third]],
  ['a chain that begins in the middle', [second, third]],
  ['another hash', [first, { ...second, hash: first.hash }, third]],
  ['another parent', [first, { ...second, parent_hash: second.hash }]],
  ['another time', [first, { ...second, time: second.time.replace('00:00:00', '00:00:01') }]],
  ['another state root', [first, { ...second, app_hash: '05' }]],
  ['a signature of another block', [first, { ...second, signature: first.signature }]],
  ['no signature', [first, { ...second, signature: '' }]],
  ['a transaction more', [first, { ...second, txs: [...second.txs, ...first.txs] }]],
  ['a transaction under another hash', [first, { ...second, txs: [{ ...second.txs[0]!, hash: first.txs[0]!.hash }] }]],
])('%s is not accepted', async (_name, chain) => {
  await expect(verifyFromGenesis(home, chain)).rejects.toMatchObject({ code: 'AUDIT_FAILED' })
})
