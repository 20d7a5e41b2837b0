import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isFileError, reasonOf, SignerError } from '../errors.ts'
import { syncDirectory } from '../guard/durable-file.ts'
import { type Ed25519Key, keyFromSeed } from './ed25519-key.ts'
import { decodeSignerFile, encodeSignerFile, type SealedKey } from './signer-file-format.ts'
import { openKey, sealKey } from './sealed-key.ts'

export interface CreateSignerFile {
  readonly path: string
  readonly passphrase: string
  /** 32 bytes: the key. */
  readonly seed: Uint8Array
  /** Fresh bytes, for salt and nonce. */
  readonly random: (length: number) => Uint8Array
}

/** What an operator should hear about a key file that works. */
export type SignerFileWarning =
  /** Others than its owner may read or write it. `mode` holds the nine permission bits. */
  | { readonly kind: 'loose-permissions'; readonly path: string; readonly mode: number }
  /** Written by an old ev-node without a salt: whoever has the file can try passphrases cheaply. Make it anew. */
  | { readonly kind: 'weak-derivation'; readonly path: string }

export interface OpenSignerFileOptions {
  readonly onWarning?: (warning: SignerFileWarning) => void
}

/** A signer file has about 400 bytes; more than this is something else. */
const limitBytes = 64 * 1024

/** Writes a new `signer.json` (mode 0600), durable when resolved. An existing file is left alone: `KEY_FILE_EXISTS`. */
export async function createSignerFile({ path, passphrase, seed, random }: CreateSignerFile): Promise<Ed25519Key> {
  if (seed.length !== 32) {
    throw new SignerError('INVALID_OPTIONS', `an Ed25519 seed has 32 bytes, not ${seed.length}`)
  }
  const key = keyFromSeed(seed)
  const sealed = await sealKey(seed, key.publicKey, passphrase, random)
  await writeNew(path, encodeSignerFile(sealed))
  return key
}

/**
 * Opens `signer.json`, also one that ev-node made. `KEY_FILE_MISSING`, `KEY_FILE_UNREADABLE`, `KEY_FILE_BROKEN`, or
 * `PASSPHRASE_WRONG`, which a damaged file can also look like.
 */
export async function openSignerFile(
  path: string,
  passphrase: string,
  { onWarning }: OpenSignerFileOptions = {},
): Promise<Ed25519Key> {
  const { text, mode } = await read(path)
  if ((mode & 0o077) !== 0) onWarning?.({ kind: 'loose-permissions', path, mode: mode & 0o777 })
  const sealed: SealedKey = decodeSignerFile(text, path)
  if (sealed.salt.length === 0) onWarning?.({ kind: 'weak-derivation', path })
  return keyFromSeed(await openKey(sealed, passphrase, path))
}

async function read(path: string): Promise<{ readonly text: string; readonly mode: number }> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    const { mode, size } = await file.stat()
    if (size > limitBytes) throw new SignerError('KEY_FILE_BROKEN', `${path} has ${size} bytes; it is no signer file`)
    return { text: await file.readFile('utf8'), mode }
  } catch (cause) {
    if (cause instanceof SignerError) throw cause
    if (isFileError(cause, 'ENOENT')) {
      throw new SignerError('KEY_FILE_MISSING', `${path} is not there; make a key, or copy it from another member`, {
        cause,
      })
    }
    throw new SignerError('KEY_FILE_UNREADABLE', `${path} cannot be read: ${reasonOf(cause)}; look at its owner`, {
      cause,
    })
  } finally {
    await file?.close()
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    if (isFileError(cause, 'EEXIST')) {
      throw new SignerError('KEY_FILE_EXISTS', `${path} is there; a key is never overwritten`, { cause })
    }
    throw unwritable(path, cause)
  })
  try {
    await file.writeFile(text)
    await file.sync()
    await syncDirectory(dirname(path))
  } catch (cause) {
    // Half a key file would be in the way of the next attempt.
    await rm(path, { force: true })
    throw unwritable(path, cause)
  } finally {
    await file.close()
  }
}

function unwritable(path: string, cause: unknown): SignerError {
  return new SignerError(
    'KEY_FILE_UNREADABLE',
    `${path} cannot be written: ${reasonOf(cause)}; look at the directory`,
    {
      cause,
    },
  )
}
