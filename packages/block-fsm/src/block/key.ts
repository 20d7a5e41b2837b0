import { type KeyObject, createPublicKey } from 'node:crypto'
import { equalBytes, sha256 } from '../bytes.ts'
import { BlockError } from '../errors.ts'
import type { Signer } from './header.ts'

/** libp2p's PublicKey message for Ed25519: type 1, then 32 bytes. */
const libp2pPrefix = Uint8Array.of(0x08, 0x01, 0x12, 0x20)

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410) without its 32 bytes. */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** A proposer's address: SHA-256 of its raw 32-byte Ed25519 public key. */
export function addressOf(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey)
}

/** A raw 32-byte Ed25519 public key as libp2p and ev-node write it. */
export function encodePublicKey(publicKey: Uint8Array): Uint8Array {
  requireKeyLength(publicKey)
  return Uint8Array.from([...libp2pPrefix, ...publicKey])
}

/** The raw 32 bytes of what {@link encodePublicKey} wrote; a key of another type is `UNSUPPORTED_KEY`. */
export function decodePublicKey(encoded: Uint8Array): Uint8Array {
  if (encoded.length !== 36 || !equalBytes(encoded.subarray(0, 4), libp2pPrefix)) {
    throw new BlockError('UNSUPPORTED_KEY', 'the signer is not an Ed25519 key; only those sign blocks here')
  }
  return encoded.slice(4)
}

/** What a block says about who signed it. */
export function signerOf(publicKey: Uint8Array): Signer {
  return { address: addressOf(publicKey), publicKey: encodePublicKey(publicKey) }
}

/** A raw public key for `node:crypto`. */
export function publicKeyObject(publicKey: Uint8Array): KeyObject {
  requireKeyLength(publicKey)
  return createPublicKey({ key: Buffer.concat([derPrefix, publicKey]), format: 'der', type: 'spki' })
}

function requireKeyLength(publicKey: Uint8Array): void {
  if (publicKey.length !== 32) {
    throw new BlockError('UNSUPPORTED_KEY', `an Ed25519 public key has 32 bytes, not ${publicKey.length}`)
  }
}
