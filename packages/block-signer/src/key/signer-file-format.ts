import { SignerError } from '../errors.ts'

/** A key under a passphrase, as `signer.json` holds it. */
export interface SealedKey {
  /** The encrypted key with its tag behind it. */
  readonly sealed: Buffer
  readonly nonce: Buffer
  /** Raw, 32 bytes. */
  readonly publicKey: Buffer
  /** Empty in files of old ev-node versions. */
  readonly salt: Buffer
}

export const nonceBytes = 12
export const tagBytes = 16
export const publicKeyBytes = 32

/** Argon2 takes no shorter one. */
const minSaltBytes = 8

/** ev-node's `signer.json`: every field base64. */
export function encodeSignerFile({ sealed, nonce, publicKey, salt }: SealedKey): string {
  const file = {
    priv_key_encrypted: sealed.toString('base64'),
    nonce: nonce.toString('base64'),
    pub_key: publicKey.toString('base64'),
    salt: salt.toString('base64'),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** Reads it again; what does not fit is `KEY_FILE_BROKEN`. */
export function decodeSignerFile(text: string, path: string): SealedKey {
  const file = parseJson(text, path)
  const key = {
    sealed: bytesOf(file, 'priv_key_encrypted', path),
    nonce: bytesOf(file, 'nonce', path),
    publicKey: bytesOf(file, 'pub_key', path),
    salt: file['salt'] === undefined ? Buffer.alloc(0) : bytesOf(file, 'salt', path),
  }
  if (key.sealed.length <= tagBytes) throw broken(path, 'the encrypted key is too short')
  if (key.nonce.length !== nonceBytes) throw broken(path, `the nonce has ${key.nonce.length} bytes`)
  if (key.publicKey.length !== publicKeyBytes) throw broken(path, 'the public key is no Ed25519 key')
  if (key.salt.length > 0 && key.salt.length < minSaltBytes) throw broken(path, 'the salt is too short')
  return key
}

export function broken(path: string, why: string, cause?: unknown): SignerError {
  return new SignerError('KEY_FILE_BROKEN', `${path}: ${why}; restore it from a backup or another member`, { cause })
}

function parseJson(text: string, path: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw broken(path, 'it is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null) throw broken(path, 'it is not an object')
  return value as Readonly<Record<string, unknown>>
}

function bytesOf(file: Readonly<Record<string, unknown>>, name: string, path: string): Buffer {
  const field = file[name]
  if (typeof field !== 'string' || field === '') throw broken(path, `${name} is missing`)
  return Buffer.from(field, 'base64')
}
