import { mkdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { isFileError, reasonOf, SignerError } from '../errors.ts'
import { replaceFile, syncDirectory } from './durable-file.ts'

/** A directory that this process holds. */
export interface DirectoryLock {
  release(): Promise<void>
}

/**
 * Makes a directory if need be and holds it until released or until the process dies. `GUARD_LOCKED` names the holder.
 *
 * The lock is that of an empty LevelDB database, because the system gives it back when a process dies however it dies, and
 * Node has no file locks of its own; a file with a process id would be stale after a crash.
 */
export async function lockDirectory(directory: string, startedAt: Date): Promise<DirectoryLock> {
  const database = new ClassicLevel(join(directory, 'lock'))
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await syncDirectory(dirname(directory))
    await database.open()
  } catch (cause) {
    if (isLocked(cause)) {
      const holder = await holderOf(directory)
      throw new SignerError('GUARD_LOCKED', `the guard in ${directory} is held by ${holder}; stop it first`, { cause })
    }
    throw new SignerError(
      'GUARD_UNUSABLE',
      `the guard in ${directory} cannot be opened: ${reasonOf(cause)}; look at its owner, mode and disk`,
      { cause },
    )
  }
  const holder = { pid: process.pid, host: hostname(), started_at: startedAt.toISOString() }
  await replaceFile(join(directory, 'owner.json'), Buffer.from(`${JSON.stringify(holder)}\n`))
  return { release: () => database.close() }
}

async function holderOf(directory: string): Promise<string> {
  try {
    const { pid, host, started_at } = JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8'))
    return `process ${pid} on ${host}, since ${started_at}`
  } catch (error) {
    // The file only decorates a message: one that is missing or cut off leaves the holder unnamed.
    if (isFileError(error, 'ENOENT') || error instanceof SyntaxError) return 'another process'
    throw error
  }
}

function isLocked(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED'
}
