import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import type { Logger } from 'raft-core'
import { codeOf, reasonOf, StoreError } from './errors.ts'
import { isMissing } from './durable-file.ts'
import { lockedBy } from './owner.ts'

export type LogDatabase = ClassicLevel<Uint8Array, Uint8Array>

/** Operations that become durable together. It copies what it is given. */
export interface LogBatch {
  put(key: Uint8Array, value: Uint8Array): unknown
  del(key: Uint8Array): unknown
}

export interface DatabaseOptions {
  /** The log's directory. */
  readonly directory: string
  /** The database's own, in it. */
  readonly path: string
  /** May be made: LevelDB would silently begin an empty one in place of a lost one, and a node would forget its votes. */
  readonly isNew: boolean
  readonly writeBufferBytes: number
  readonly logger: Logger
}

/** Opens the database of a log. `DIRECTORY_LOCKED`, `DIRECTORY_UNUSABLE` or `DAMAGED` otherwise. */
export async function openDatabase(options: DatabaseOptions): Promise<LogDatabase> {
  const { directory, path, isNew, writeBufferBytes, logger } = options
  const database: LogDatabase = new ClassicLevel(path, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    // Payloads are compressed, hashed or signed by whoever made them.
    compression: false,
    writeBufferSize: writeBufferBytes,
    createIfMissing: isNew,
  })
  try {
    await database.open()
  } catch (cause) {
    throw await openingFailed(directory, path, cause)
  }
  await warnOfDroppedWrites(path, logger)
  return database
}

async function openingFailed(directory: string, path: string, cause: unknown): Promise<StoreError> {
  const code = codeOf(cause)
  if (code === 'LEVEL_LOCKED') return lockedBy(directory, cause)
  const reason = reasonOf(cause)
  const isDamaged = code === 'LEVEL_CORRUPTION' || /corruption|does not exist|no such file|missing files/i.test(reason)
  if (!isDamaged) return new StoreError('DIRECTORY_UNUSABLE', `${path} cannot be opened: ${reason}`, { cause })
  const remedy = `restore it, or replace ${directory} and start as an empty node`
  return new StoreError('DAMAGED', `the database in ${path} lost files or is damaged (${reason}); ${remedy}`, { cause })
}

/**
 * LevelDB recovers by leaving out what does not match its checksums, and says so only in its own log, which begins anew at each
 * start. At the end that is a write which a power cut tore; elsewhere the entries show the hole.
 */
async function warnOfDroppedWrites(path: string, logger: Logger): Promise<void> {
  const log = await readFile(join(path, 'LOG'), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    throw error
  })
  const lines = log.split('\n').filter((line) => line.includes(': dropping '))
  if (lines.length > 0) logger.warn({ path, lines }, 'the database left out writes that it could not read')
}
