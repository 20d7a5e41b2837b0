import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isMissing, replaceFile } from './durable-file.ts'
import { StoreError } from './errors.ts'

const fileName = 'owner.json'

/** Writes down who holds the directory, for the message that a second process gets. The lock itself is the database's. */
export async function signOwner(directory: string, startedAt: Date): Promise<void> {
  const owner = { pid: process.pid, host: hostname(), started_at: startedAt.toISOString() }
  await replaceFile(join(directory, fileName), Buffer.from(`${JSON.stringify(owner)}\n`))
}

/** The error for a directory that another process holds, naming it as far as it signed. */
export async function lockedBy(directory: string, cause: unknown): Promise<StoreError> {
  const owner = await readOwner(directory)
  const who =
    owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}, since ${owner.started_at}`
  return new StoreError('DIRECTORY_LOCKED', `${directory} is held by ${who}; stop it, or use another directory`, {
    cause,
  })
}

async function readOwner(directory: string): Promise<{ pid: number; host: string; started_at: string } | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, fileName), 'utf8'))
  } catch (error) {
    // The file only decorates a message: one that is missing or cut off leaves its owner unnamed.
    if (isMissing(error) || error instanceof SyntaxError) return undefined
    throw error
  }
}
