import { verify } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import { encodeData } from '../codec/data-codec.ts'
import { encodeHeader, encodeLegacyHeader, encodeSignedHeader } from '../codec/header-codec.ts'
import { BlockError } from '../errors.ts'
import type { SignedData } from './data.ts'
import type { HeaderEnvelope, SignedHeader, Signer } from './header.ts'
import { addressOf, decodePublicKey, publicKeyObject } from './key.ts'

/**
 * Checks that the header's own proposer signed it: the signer's address is that of its key and the proposer's, and the
 * Ed25519 signature is over the header's encoding, or over the legacy encoding (ev-node tries both, also on new headers).
 * Whether that proposer may propose on this chain is for the caller to say. Throws a `BlockError` that names the fault.
 */
export function verifyHeaderSignature(signed: SignedHeader): void {
  const key = identity(signed.signer, signed.signature)
  if (!equalBytes(signed.signer.address, signed.header.proposerAddress)) {
    throw new BlockError('SIGNER_MISMATCH', 'the header names another proposer than its signer')
  }
  if (isSignature(key, encodeHeader(signed.header), signed.signature)) return
  if (isSignature(key, encodeLegacyHeader(signed.header), signed.signature)) return
  throw new BlockError('SIGNATURE_INVALID', `the signature of header ${signed.header.height} does not fit it`)
}

/** Checks an envelope's own signature, over the encoded signed header, by the header's signer. */
export function verifyEnvelopeSignature(envelope: HeaderEnvelope): void {
  const key = identity(envelope.signer, envelope.envelopeSignature)
  if (isSignature(key, encodeSignedHeader(envelope), envelope.envelopeSignature)) return
  throw new BlockError(
    'SIGNATURE_INVALID',
    `the envelope signature of header ${envelope.header.height} does not fit it`,
  )
}

/** Checks the signature over the encoded data. That the signer is the block's proposer is for the caller to check. */
export function verifyDataSignature(signed: SignedData): void {
  const key = identity(signed.signer, signed.signature)
  if (isSignature(key, encodeData(signed.data), signed.signature)) return
  throw new BlockError('SIGNATURE_INVALID', 'the signature of the block data does not fit it')
}

/** True when the Ed25519 signature over `message` is by the raw public key. */
export function isSignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verify(null, message, publicKeyObject(publicKey), signature)
}

function identity(signer: Signer, signature: Uint8Array): Uint8Array {
  if (signature.length === 0) throw new BlockError('SIGNATURE_MISSING', 'the block is not signed')
  if (signer.publicKey.length === 0) throw new BlockError('SIGNER_MISSING', 'the block does not say who signed it')
  const key = decodePublicKey(signer.publicKey)
  if (!equalBytes(addressOf(key), signer.address)) {
    throw new BlockError('SIGNER_MISMATCH', "the signer's address is not that of its public key")
  }
  return key
}
