import { readFile, stat } from 'node:fs/promises'
import { AggregatorError } from '../errors.ts'
import type { Logger } from '../observe/logger.ts'

/** Reads a passphrase file: its text without the line end. `HOME_UNUSABLE` when it cannot be read; others may read it: a warning. */
export async function readPassphrase(path: string, logger: Logger): Promise<string> {
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0) logger.warn({ path }, 'others may read the passphrase; make it 0600')
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new AggregatorError('HOME_UNUSABLE', `the passphrase ${path} cannot be read; "init" makes it`, { cause })
  }
}
