import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { ExecutorError, reasonOf } from '../errors.ts'
import { ownerOf, signOwner } from './owner.ts'

export type Database = ClassicLevel<Uint8Array, Uint8Array>

export interface DatabaseOptions {
  /** Directory of this database alone; made if it is not there. */
  readonly directory: string
  /** LevelDB's own write buffer. Default 16 MiB. */
  readonly writeBufferBytes?: number
  /** LevelDB's cache of blocks that were read. Default 16 MiB. */
  readonly cacheBytes?: number
  /** For the owner file. Default: the system's clock. */
  readonly startedAt?: Date
}

const mebibyte = 1024 * 1024
const formatKey = Buffer.from('!format')
const format = { name: 'kv-executor', version: 1 } as const

/**
 * Opens the state's database, which one process holds at a time. `DIRECTORY_LOCKED` names the holder; `FORMAT_UNKNOWN`,
 * `FORMAT_NEWER` and `STATE_ROOT_DIFFERS` leave everything as it is.
 */
export async function openDatabase(options: DatabaseOptions, stateRoot: string): Promise<Database> {
  const { directory, writeBufferBytes = 16 * mebibyte, cacheBytes = 16 * mebibyte } = options
  const database: Database = new ClassicLevel(join(directory, 'db'), {
    keyEncoding: 'view',
    valueEncoding: 'view',
    writeBufferSize: writeBufferBytes,
    cacheSize: cacheBytes,
  })
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await database.open()
  } catch (cause) {
    if (isLocked(cause)) {
      const holder = await ownerOf(directory)
      throw new ExecutorError('DIRECTORY_LOCKED', `${directory} is held by ${holder}; stop it first`, { cause })
    }
    throw new ExecutorError(
      'DIRECTORY_UNUSABLE',
      `the state in ${directory} cannot be opened: ${reasonOf(cause)}; look at its owner, mode and disk`,
      { cause },
    )
  }
  try {
    await signOwner(directory, options.startedAt ?? new Date())
    await checkFormat(database, directory, stateRoot)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function checkFormat(database: Database, directory: string, stateRoot: string): Promise<void> {
  const stored = await database.get(formatKey)
  if (stored === undefined) {
    const isEmpty = (await database.keys({ limit: 1 }).all()).length === 0
    if (!isEmpty) throw unknownFormat(directory)
    return database.put(formatKey, Buffer.from(JSON.stringify({ ...format, stateRoot })), { sync: true })
  }
  const found = parseFormat(stored)
  if (found?.name !== format.name) throw unknownFormat(directory)
  if (!(found.version <= format.version)) {
    throw new ExecutorError(
      'FORMAT_NEWER',
      `${directory} has version ${found.version} of the state's format, this program knows ${format.version}; upgrade it`,
    )
  }
  if (found.stateRoot === stateRoot) return
  throw new ExecutorError(
    'STATE_ROOT_DIFFERS',
    `the state in ${directory} has "${found.stateRoot}" roots, "${stateRoot}" are wanted; a chain keeps its rule for ever`,
  )
}

function parseFormat(stored: Uint8Array): { name: string; version: number; stateRoot: string } | undefined {
  try {
    return JSON.parse(Buffer.from(stored).toString('utf8')) as { name: string; version: number; stateRoot: string }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function unknownFormat(directory: string): ExecutorError {
  return new ExecutorError('FORMAT_UNKNOWN', `${directory} is no key-value state; use the program that wrote it`)
}

function isLocked(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED'
}
