import { readFileSync } from 'node:fs'

/** Reads a configuration file from disk; `undefined` when there is none, or no home. Throws what the file system says otherwise. */
export function readFileIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
