import { closeSync, cpSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { temporaryDirectory } from './temporary.ts'

export type RawDatabase = ClassicLevel<Uint8Array, Uint8Array>

/** Opens the database of a closed log store as whoever means it harm would. */
export async function tamper<Result>(
  directory: string,
  change: (database: RawDatabase) => Promise<Result>,
): Promise<Result> {
  const database: RawDatabase = new ClassicLevel(join(directory, 'db'), { keyEncoding: 'view', valueEncoding: 'view' })
  await database.open()
  try {
    return await change(database)
  } finally {
    await database.close()
  }
}

/** The key of an entry as format 2 has it: `e`, then the index in eight bytes, highest first. */
export function entryKey(index: number): Buffer {
  return Buffer.concat([Buffer.from('e'), Buffer.from(index.toString(16).padStart(16, '0'), 'hex')])
}

export async function flipLastBit(database: RawDatabase, key: Uint8Array): Promise<void> {
  const value = Uint8Array.from((await database.get(key))!)
  value[value.length - 1]! ^= 1
  await database.put(key, value)
}

/** A copy of a closed store's directory. */
export function copyOf(directory: string): string {
  const copy = temporaryDirectory()
  cpSync(directory, copy, { recursive: true })
  return copy
}

/** The database's files with this ending, the largest first. While it is open it may remove some of them at any time. */
export function filesOf(directory: string, ending: string): string[] {
  const names = readdirSync(join(directory, 'db')).filter((name) => name.endsWith(ending))
  return names.map((name) => join(directory, 'db', name)).sort((a, b) => statSync(b).size - statSync(a).size)
}

/** In place: the database may have the file mapped into memory. */
export function flipByte(path: string, at: number): void {
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  byte[0]! ^= 0x55
  writeSync(file, byte, 0, 1, at)
  closeSync(file)
}
