import { createCipheriv, createDecipheriv } from 'node:crypto'
import { equalBytes } from 'block-fsm'
import { argon2id } from 'hash-wasm'
import { SignerError } from '../errors.ts'
import { keyFromSeed } from './ed25519-key.ts'
import { broken, nonceBytes, publicKeyBytes, type SealedKey, tagBytes } from './signer-file-format.ts'

/** ev-node's choice: three passes over 32 MiB in four lanes. */
const argon2 = { iterations: 3, memorySize: 32 * 1024, parallelism: 4, hashLength: 32, outputType: 'binary' } as const

const cipherName = 'aes-256-gcm'
const saltBytes = 16
const seedBytes = 32

/** Encrypts seed and public key, Ed25519's 64-byte private key, under a passphrase. */
export async function sealKey(
  seed: Uint8Array,
  publicKey: Uint8Array,
  passphrase: string,
  random: (length: number) => Uint8Array,
): Promise<SealedKey> {
  if (passphrase === '') throw new SignerError('INVALID_OPTIONS', 'a passphrase has at least one character')
  const salt = Buffer.from(random(saltBytes))
  const nonce = Buffer.from(random(nonceBytes))
  const wrapping = await argon2id({ password: passphrase, salt, ...argon2 })
  const whole = Buffer.concat([seed, publicKey])
  const cipher = createCipheriv(cipherName, wrapping, nonce)
  const sealed = Buffer.concat([cipher.update(whole), cipher.final(), cipher.getAuthTag()])
  wrapping.fill(0)
  whole.fill(0)
  return { sealed, nonce, publicKey: Buffer.from(publicKey), salt }
}

/** The seed of a sealed key. `PASSPHRASE_WRONG`, or `KEY_FILE_BROKEN` when its parts do not belong together. */
export async function openKey(key: SealedKey, passphrase: string, path: string): Promise<Uint8Array> {
  const whole = await decrypt(key, passphrase, path)
  const seed = Uint8Array.from(whole.subarray(0, seedBytes))
  const publicHalves = whole.subarray(seedBytes)
  const { publicKey } = keyFromSeed(seed)
  // libp2p once wrote the public key twice.
  const isWhole = publicHalves.length === publicKeyBytes || publicHalves.length === 2 * publicKeyBytes
  const isOne = isWhole && publicHalves.every((byte, i) => byte === publicKey[i % publicKeyBytes])
  whole.fill(0)
  if (!isOne || !equalBytes(publicKey, key.publicKey)) {
    throw broken(path, 'its public key is not that of its private key')
  }
  return seed
}

async function decrypt({ sealed, nonce, salt }: SealedKey, passphrase: string, path: string): Promise<Buffer> {
  if (passphrase === '') throw new SignerError('PASSPHRASE_WRONG', `no passphrase is given for ${path}`)
  const wrapping = salt.length === 0 ? weakKey(passphrase) : await argon2id({ password: passphrase, salt, ...argon2 })
  const decipher = createDecipheriv(cipherName, wrapping, nonce, { authTagLength: tagBytes })
  wrapping.fill(0)
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - tagBytes)), decipher.final()])
  } catch (cause) {
    throw new SignerError('PASSPHRASE_WRONG', `the passphrase does not open ${path}, or the file was changed`, {
      cause,
    })
  }
}

/** How ev-node made the wrapping key before it used a salt: the passphrase, then repeated and xored with the position. */
function weakKey(passphrase: string): Uint8Array {
  const bytes = Buffer.from(passphrase)
  return Uint8Array.from({ length: 32 }, (_, i) => bytes[i] ?? bytes[i % bytes.length]! ^ i)
}
