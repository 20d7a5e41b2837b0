import { createCipheriv, createDecipheriv } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { argon2id } from 'hash-wasm'
import { SignerError } from '../errors.ts'
import { type Ed25519Key, keyFromSeed } from './ed25519-key.ts'

/** ev-node's choice: three passes over 32 MiB in four lanes. */
const argon2 = { iterations: 3, memorySize: 32 * 1024, parallelism: 4, hashLength: 32, outputType: 'binary' } as const

const saltBytes = 16
const nonceBytes = 12
const tagBytes = 16
const seedBytes = 32

/** ev-node's `signer.json`; every field is base64. */
interface SignerFile {
  readonly priv_key_encrypted: string
  readonly nonce: string
  readonly pub_key: string
  readonly salt: string
}

export interface CreateSignerFile {
  readonly path: string
  readonly passphrase: string
  /** 32 bytes: the key. */
  readonly seed: Uint8Array
  /** Fresh bytes, for salt and nonce. */
  readonly random: (length: number) => Uint8Array
}

/** Writes a new `signer.json` (mode 0600), durable when resolved. An existing file is left alone: `KEY_FILE_EXISTS`. */
export async function createSignerFile({ path, passphrase, seed, random }: CreateSignerFile): Promise<Ed25519Key> {
  const key = keyFromSeed(seed)
  const salt = random(saltBytes)
  const nonce = random(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(passphrase, salt), nonce)
  const sealed = Buffer.concat([
    cipher.update(Buffer.concat([seed, key.publicKey])),
    cipher.final(),
    cipher.getAuthTag(),
  ])
  const file: SignerFile = {
    priv_key_encrypted: sealed.toString('base64'),
    nonce: Buffer.from(nonce).toString('base64'),
    pub_key: Buffer.from(key.publicKey).toString('base64'),
    salt: Buffer.from(salt).toString('base64'),
  }
  await writeNew(path, `${JSON.stringify(file, null, 2)}\n`)
  return key
}

/**
 * Opens `signer.json`. `KEY_FILE_MISSING`, `KEY_FILE_BROKEN`, or `PASSPHRASE_WRONG`, which a damaged file can also look like.
 * Files without a salt come from ev-node's oldest versions and their weak derivation: import the key anew.
 */
export async function openSignerFile(path: string, passphrase: string): Promise<Ed25519Key> {
  const { sealed, nonce, publicKey, salt } = parse(await read(path), path)
  const decipher = createDecipheriv('aes-256-gcm', await deriveKey(passphrase, salt), nonce)
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  let opened: Buffer
  try {
    opened = Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - tagBytes)), decipher.final()])
  } catch (cause) {
    throw new SignerError('PASSPHRASE_WRONG', `the passphrase does not open ${path}, or the file was changed`, {
      cause,
    })
  }
  const key = keyFromSeed(opened.subarray(0, seedBytes))
  opened.fill(0)
  if (Buffer.compare(key.publicKey, publicKey) !== 0)
    throw broken(path, 'its public key is not that of its private key')
  return key
}

async function deriveKey(passphrase: string, salt: Uint8Array): Promise<Uint8Array> {
  return argon2id({ password: passphrase, salt, ...argon2 })
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new SignerError(
      'KEY_FILE_MISSING',
      `${path} cannot be read; "init" makes one, or copy it from another member`,
      { cause },
    )
  }
}

function parse(text: string, path: string): { sealed: Buffer; nonce: Buffer; publicKey: Buffer; salt: Buffer } {
  const file = parseJson(text, path)
  const bytes = (name: keyof SignerFile): Buffer => {
    const field = file[name]
    if (typeof field !== 'string' || field === '') throw broken(path, `${name} is missing`)
    return Buffer.from(field, 'base64')
  }
  const parts = {
    sealed: bytes('priv_key_encrypted'),
    nonce: bytes('nonce'),
    publicKey: bytes('pub_key'),
    salt: bytes('salt'),
  }
  if (parts.sealed.length < 2 * seedBytes + tagBytes) throw broken(path, 'the encrypted key is too short')
  if (parts.nonce.length !== nonceBytes || parts.publicKey.length !== seedBytes)
    throw broken(path, 'a field has the wrong length')
  return parts
}

function parseJson(text: string, path: string): Partial<Record<keyof SignerFile, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw broken(path, 'it is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null) throw broken(path, 'it is not an object')
  return value
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new SignerError('KEY_FILE_EXISTS', `${path} cannot be made; a key that is there is never overwritten`, {
      cause,
    })
  })
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function broken(path: string, why: string, cause?: unknown): SignerError {
  return new SignerError('KEY_FILE_BROKEN', `${path}: ${why}; restore it from a backup or another member`, { cause })
}
