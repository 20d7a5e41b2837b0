// Also an entry of the package: who only makes or reads a key need not load all of libp2p. The polyfill comes before any of it.
// oxlint-disable-next-line import/no-unassigned-import
import '../polyfill.ts'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { CatchupError } from '../errors.ts'

/** A node's identity among peers. */
export interface NodeKey {
  /** 32 bytes, secret. */
  readonly seed: Uint8Array
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** Text form, `12D3KooW…`. */
  readonly peerId: string
  readonly privateKey: Ed25519PrivateKey
}

/** The key that a 32-byte seed makes; another length is `NODE_KEY_INVALID`. */
export async function nodeKeyFromSeed(seed: Uint8Array): Promise<NodeKey> {
  if (seed.length !== 32)
    throw new CatchupError('NODE_KEY_INVALID', `a node key's seed has 32 bytes, not ${seed.length}`)
  const privateKey = await generateKeyPairFromSeed('Ed25519', seed)
  return { seed, publicKey: privateKey.publicKey.raw, peerId: peerIdFromPrivateKey(privateKey).toString(), privateKey }
}

/**
 * Writes a new key in ev-node's format, durably and with mode 0600: `priv_key` is base64 of seed and public key, `pub_key` of
 * the public key. A file that is there already is `NODE_KEY_EXISTS` and left alone.
 */
export async function createNodeKey(path: string, randomBytes: (length: number) => Uint8Array): Promise<NodeKey> {
  const key = await nodeKeyFromSeed(randomBytes(32))
  const json = {
    priv_key: Buffer.concat([key.seed, key.publicKey]).toString('base64'),
    pub_key: Buffer.from(key.publicKey).toString('base64'),
  }
  await createFile(path, `${JSON.stringify(json)}\n`)
  return key
}

/** Reads a key that ev-node or {@link createNodeKey} wrote. `NODE_KEY_MISSING`, `NODE_KEY_INVALID` or `NODE_KEY_UNUSABLE`. */
export async function loadNodeKey(path: string): Promise<NodeKey> {
  const text = await readKeyFile(path)
  const { secret, publicKey } = parse(path, text)
  const key = await nodeKeyFromSeed(Uint8Array.from(secret.subarray(0, 32)))
  const isWhole = secret.subarray(32).equals(key.publicKey) && publicKey.equals(key.publicKey)
  if (!isWhole) throw invalid(path, 'its public key is not that of its private key')
  return key
}

/** Loads the key, or creates it when there is none. */
export async function loadOrCreateNodeKey(path: string, randomBytes: (length: number) => Uint8Array): Promise<NodeKey> {
  try {
    return await loadNodeKey(path)
  } catch (error) {
    if (!CatchupError.is(error, 'NODE_KEY_MISSING')) throw error
    return createNodeKey(path, randomBytes)
  }
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (hasSystemCode(cause, 'ENOENT')) {
      throw new CatchupError('NODE_KEY_MISSING', `there is no node key at ${path}; create one with init`, { cause })
    }
    throw unusable(path, cause)
  }
}

function parse(path: string, text: string): { readonly secret: Buffer; readonly publicKey: Buffer } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw invalid(path, 'it is not JSON', cause)
  }
  const { priv_key, pub_key } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  if (typeof priv_key !== 'string' || typeof pub_key !== 'string') throw invalid(path, 'priv_key or pub_key is missing')
  const secret = Buffer.from(priv_key, 'base64')
  if (secret.length !== 64) throw invalid(path, `priv_key has ${secret.length} bytes, not 64`)
  return { secret, publicKey: Buffer.from(pub_key, 'base64') }
}

/** The name appears only with the whole content behind it, and never replaces another file. */
async function createFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeDurably(temporary, text)
    await give(temporary, path)
    await syncDirectory(dirname(path))
  } catch (cause) {
    throw cause instanceof CatchupError ? cause : unusable(path, cause)
  }
}

async function give(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (cause) {
    if (!hasSystemCode(cause, 'EEXIST')) throw cause
    throw new CatchupError('NODE_KEY_EXISTS', `${path} exists; a node that changes its key changes its peer id`, {
      cause,
    })
  } finally {
    await rm(temporary)
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function hasSystemCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function invalid(path: string, why: string, cause?: unknown): CatchupError {
  return new CatchupError(
    'NODE_KEY_INVALID',
    `the node key at ${path} cannot be used: ${why}; restore it or create one`,
    {
      cause,
    },
  )
}

function unusable(path: string, cause: unknown): CatchupError {
  return new CatchupError('NODE_KEY_UNUSABLE', `${path} cannot be read or written; look at its owner, mode and disk`, {
    cause,
  })
}
