import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

/** PKCS #8 of an Ed25519 key (RFC 8410) without its 32-byte seed. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A proposer's key in memory. */
export interface Ed25519Key {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array
  /** 64 bytes; the same for the same message. */
  sign(message: Uint8Array): Uint8Array
}

/** The key of a 32-byte seed. */
export function keyFromSeed(seed: Uint8Array): Ed25519Key {
  const der = Buffer.concat([pkcs8Prefix, seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  const publicKey = rawPublicKey(createPublicKey(privateKey))
  return { publicKey, sign: (message) => Uint8Array.from(sign(null, message, privateKey)) }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: 'jwk' })
  return Uint8Array.from(Buffer.from(x ?? '', 'base64url'))
}
