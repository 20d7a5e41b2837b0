import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf, reasonOf, StoreError } from './errors.ts'

/**
 * Replaces a file by `bytes`: after a crash it holds the old or the new, never a mixture. Durable when resolved. Calls for one
 * path do not overlap. `WRITE_FAILED` leaves open which of the two it holds.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (cause) {
    const reason = `writing ${path} failed: ${reasonOf(cause)}`
    throw new StoreError('WRITE_FAILED', `${reason}; look at the disk, then start again`, { cause })
  }
}

/** Makes creations, renames and removals in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Creates a directory, durably, and proves that it can be written to. `DIRECTORY_UNUSABLE` otherwise. */
export async function prepareDirectory(path: string): Promise<void> {
  try {
    const firstMade = await mkdir(path, { recursive: true, mode: 0o700 })
    if (firstMade !== undefined) await syncParents(path, dirname(firstMade))
    const probe = join(path, '.writable')
    const file = await open(probe, 'w')
    await file.close()
    await rm(probe)
  } catch (cause) {
    const reason = `${path} cannot be written to: ${reasonOf(cause)}`
    throw new StoreError('DIRECTORY_UNUSABLE', `${reason}; look at its owner, mode and disk`, { cause })
  }
}

/** Writes all of `bytes` where the file stands; a single call may write less. */
export async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten
  }
}

/** True for "there is no such file". */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

/** Every directory from that of `path` up to `top` got an entry. */
async function syncParents(path: string, top: string): Promise<void> {
  for (let at = dirname(path); at.length >= top.length; at = dirname(at)) {
    await syncDirectory(at)
    if (at === dirname(at)) return
  }
}
