import { createPrivateKey, sign } from 'node:crypto'
import {
  addressOf,
  dataCommitment,
  dataHash,
  decodeData,
  decodeHeader,
  decodeHeaderEnvelope,
  decodeP2PData,
  decodeP2PSignedHeader,
  decodePublicKey,
  decodeSignedData,
  decodeSignedHeader,
  encodeData,
  encodeHeader,
  encodeHeaderEnvelope,
  encodeLegacyHeader,
  encodeP2PData,
  encodeP2PSignedHeader,
  encodePublicKey,
  encodeSignedData,
  encodeSignedHeader,
  headerHash,
  signerOf,
  toHex,
  verifyDataSignature,
  verifyEnvelopeSignature,
} from 'block-fsm'
import { describe, expect, test } from 'vitest'
import { dataOf, fromHex, headerOf, vectors } from '../support/vectors.ts'

const publicKey = fromHex(vectors.key.publicKey)
const signer = signerOf(publicKey)
const unsigned = { address: new Uint8Array(0), publicKey: new Uint8Array(0) }
const none = new Uint8Array(0)

test('the address and the libp2p encoding of a key are what ev-node makes of it', () => {
  expect(toHex(addressOf(publicKey))).toBe(vectors.key.address)
  expect(toHex(encodePublicKey(publicKey))).toBe(vectors.key.libp2pPublicKey)
  expect(decodePublicKey(fromHex(vectors.key.libp2pPublicKey))).toEqual(publicKey)
})

test('Ed25519 signs the same bytes to the same signature as in Go', () => {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), fromHex(vectors.key.seed)])
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  for (const vector of vectors.headers) {
    expect(toHex(sign(null, encodeHeader(headerOf(vector)), key)), vector.name).toBe(vector.signature)
  }
})

describe.each(vectors.headers)('header: $name', (vector) => {
  const header = headerOf(vector)
  const signature = fromHex(vector.signature)
  const signed = { header, signature, signer }

  test('both encodings and the hash are ev-node’s', () => {
    expect(toHex(encodeHeader(header))).toBe(vector.slim)
    expect(toHex(encodeLegacyHeader(header))).toBe(vector.legacyForm)
    expect(toHex(headerHash(header))).toBe(vector.hash)
  })

  test('ev-node’s bytes decode to the header, in the legacy encoding too', () => {
    expect(decodeHeader(fromHex(vector.slim))).toEqual(header)
    const withDefault = header.legacy && {
      legacy: { ...header.legacy, consensusHash: decodeHeader(fromHex(vector.legacyForm)).legacy!.consensusHash },
    }
    if (withDefault) expect(decodeHeader(fromHex(vector.legacyForm))).toEqual({ ...header, ...withDefault })
  })

  test('signed header, envelope and p2p message are ev-node’s, both ways', () => {
    expect(toHex(encodeSignedHeader({ header, signature: none, signer: unsigned }))).toBe(vector.unsigned)
    expect(toHex(encodeSignedHeader(signed))).toBe(vector.signed)
    expect(decodeSignedHeader(fromHex(vector.signed))).toEqual(signed)
    const envelope = { ...signed, envelopeSignature: fromHex(vector.envelopeSignature) }
    expect(toHex(encodeHeaderEnvelope(envelope))).toBe(vector.envelope)
    expect(decodeHeaderEnvelope(fromHex(vector.envelope))).toEqual(envelope)
    verifyEnvelopeSignature(envelope)
    expect(toHex(encodeP2PSignedHeader({ ...signed, daHeightHint: 77n }))).toBe(vector.p2p)
    expect(toHex(encodeP2PSignedHeader({ ...signed, daHeightHint: 0n }))).toBe(vector.p2pWithoutHint)
    expect(decodeP2PSignedHeader(fromHex(vector.p2p))).toEqual({ ...signed, daHeightHint: 77n })
    expect(decodeP2PSignedHeader(fromHex(vector.signed))).toEqual({ ...signed, daHeightHint: 0n })
  })
})

describe.each(vectors.data)('data: $name', (vector) => {
  const data = dataOf(vector)
  const signature = fromHex(vector.signature)

  test('encoding, hash and commitment are ev-node’s', () => {
    expect(toHex(encodeData(data))).toBe(vector.bytes)
    expect(decodeData(fromHex(vector.bytes))).toEqual(data)
    expect(toHex(dataHash(data))).toBe(vector.hash)
    expect(toHex(dataCommitment(data.txs))).toBe(vector.commitment)
    verifyDataSignature({ data, signature, signer })
  })

  test('signed data and p2p message are ev-node’s, both ways', () => {
    if (!vector.metadata) return
    expect(toHex(encodeSignedData({ data, signature, signer }))).toBe(vector.signed)
    expect(decodeSignedData(fromHex(vector.signed!))).toEqual({ data, signature, signer })
    expect(toHex(encodeP2PData({ ...data, daHeightHint: 77n }))).toBe(vector.p2p)
    expect(toHex(encodeP2PData({ ...data, daHeightHint: 0n }))).toBe(vector.p2pWithoutHint)
    expect(decodeP2PData(fromHex(vector.p2p!))).toEqual({ ...data, daHeightHint: 77n })
    expect(decodeP2PData(fromHex(vector.bytes))).toEqual({ ...data, daHeightHint: 0n })
  })
})

test('the commitment of an empty block is the SHA-256 of a zero byte', () => {
  expect(toHex(dataCommitment([]))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
})
