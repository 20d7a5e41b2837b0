import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isMissing, replaceFile } from './durable-file.ts'
import { StoreError } from './errors.ts'

const fileName = 'owner.json'

/**
 * Writes down who holds the directory, for the message that a second process gets. The lock itself is the database's. That the
 * file is there also says that there was a database.
 */
export async function signOwner(directory: string, startedAt: Date): Promise<void> {
  const owner = { pid: process.pid, host: hostname(), started_at: startedAt.toISOString() }
  await replaceFile(join(directory, fileName), Buffer.from(`${JSON.stringify(owner)}\n`))
}

/** What {@link signOwner} wrote, as text; undefined when nobody ever signed. */
export async function readOwner(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, fileName), 'utf8')).trim()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new StoreError('DIRECTORY_UNUSABLE', `${join(directory, fileName)} cannot be read; look at its mode`, {
      cause: error,
    })
  }
}

/** The error for a directory that another process holds, naming it as it signed. */
export async function lockedBy(directory: string, cause: unknown): Promise<StoreError> {
  const owner = (await readOwner(directory)) ?? 'a process that did not sign'
  return new StoreError('DIRECTORY_LOCKED', `${directory} is held by ${owner}; stop it, or use another directory`, {
    cause,
  })
}
