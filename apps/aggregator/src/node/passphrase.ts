import { open } from 'node:fs/promises'
import { AggregatorError } from '../errors.ts'
import type { Logger } from '../observe/logger.ts'

/** A passphrase is a line; a longer file is something else. */
const limitBytes = 4096

/** Reads a passphrase file: its text without the line end. `HOME_UNUSABLE` when there is none in it; others may read it: a warning. */
export async function readPassphrase(path: string, logger: Logger): Promise<string> {
  const { text, mode } = await read(path)
  const passphrase = text.replace(/\r?\n$/, '')
  if (passphrase === '') throw new AggregatorError('HOME_UNUSABLE', `the passphrase file ${path} is empty; ${remedy}`)
  if ((mode & 0o077) !== 0) logger.warn({ path }, 'others may read the passphrase; make it 0600')
  return passphrase
}

const remedy = 'copy it from another member together with signer.json'

async function read(path: string): Promise<{ readonly text: string; readonly mode: number }> {
  try {
    const file = await open(path, 'r')
    try {
      const { mode, size } = await file.stat()
      if (size <= limitBytes) return { text: await file.readFile('utf8'), mode }
    } finally {
      await file.close()
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const what = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
    throw new AggregatorError('HOME_UNUSABLE', `the passphrase file ${path} ${what}; ${remedy}`, { cause })
  }
  throw new AggregatorError('HOME_UNUSABLE', `${path} is too long for a passphrase file; ${remedy}`)
}
