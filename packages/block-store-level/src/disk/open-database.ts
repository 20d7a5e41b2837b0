import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { BlockStoreError, reasonOf } from '../errors.ts'
import { ownerOf, signOwner } from './owner.ts'

export type Database = ClassicLevel<Uint8Array, Uint8Array>

export interface DatabaseOptions {
  /** Directory of this database alone; made if it is not there. */
  readonly directory: string
  /** LevelDB's own write buffer. Default 16 MiB: the size up to which batches of blocks stay cheap. */
  readonly writeBufferBytes?: number
  /** LevelDB's cache of blocks that were read. Default 16 MiB. */
  readonly cacheBytes?: number
  /** For the owner file. Default: the system's clock. */
  readonly startedAt?: Date
}

/** What a database is and whose. */
export interface DatabaseFormat {
  /** Name of the format, for example `block-store`. */
  readonly name: string
  /** Version of the format that this software reads and writes. */
  readonly version: number
  readonly chainId: string
}

const mebibyte = 1024 * 1024
const formatKey = Buffer.from('!format')

/**
 * Opens a database that one process holds at a time, and checks what it is. `DIRECTORY_LOCKED` names the holder;
 * `FORMAT_UNKNOWN`, `FORMAT_NEWER` and `FOREIGN_CHAIN` leave everything as it is.
 */
export async function openDatabase(options: DatabaseOptions, format: DatabaseFormat): Promise<Database> {
  const { directory, writeBufferBytes = 16 * mebibyte, cacheBytes = 16 * mebibyte } = options
  const database: Database = new ClassicLevel(join(directory, 'db'), {
    keyEncoding: 'view',
    valueEncoding: 'view',
    compression: false,
    writeBufferSize: writeBufferBytes,
    cacheSize: cacheBytes,
  })
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await database.open()
  } catch (cause) {
    if (isLocked(cause)) {
      const holder = await ownerOf(directory)
      throw new BlockStoreError('DIRECTORY_LOCKED', `${directory} is held by ${holder}; stop it first`, { cause })
    }
    throw new BlockStoreError(
      'DIRECTORY_UNUSABLE',
      `the database in ${directory} cannot be opened: ${reasonOf(cause)}; look at its owner, mode and disk`,
      { cause },
    )
  }
  try {
    await signOwner(directory, options.startedAt ?? new Date())
    await checkFormat(database, directory, format)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function checkFormat(database: Database, directory: string, format: DatabaseFormat): Promise<void> {
  const stored = await database.get(formatKey)
  if (stored === undefined) {
    const isEmpty = (await database.keys({ limit: 1 }).all()).length === 0
    if (!isEmpty) throw unknownFormat(directory, format)
    const value = Buffer.from(JSON.stringify({ ...format }))
    return database.put(formatKey, value, { sync: true })
  }
  const found = parseFormat(stored)
  if (found?.name !== format.name) throw unknownFormat(directory, format)
  if (!(found.version <= format.version)) {
    throw new BlockStoreError(
      'FORMAT_NEWER',
      `${directory} has version ${found.version} of the ${format.name} format, this program knows ${format.version}; upgrade it`,
    )
  }
  if (found.chainId !== format.chainId) {
    throw new BlockStoreError(
      'FOREIGN_CHAIN',
      `${directory} belongs to chain "${found.chainId}", not "${format.chainId}"; use another directory`,
    )
  }
}

function parseFormat(stored: Uint8Array): DatabaseFormat | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(stored).toString('utf8'))
    return typeof value === 'object' && value !== null && 'name' in value ? (value as DatabaseFormat) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function unknownFormat(directory: string, { name }: DatabaseFormat): BlockStoreError {
  return new BlockStoreError('FORMAT_UNKNOWN', `${directory} is no ${name}; use the program that wrote it`)
}

function isLocked(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED'
}
