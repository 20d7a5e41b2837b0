import { readFileSync } from 'node:fs'

/** Reads a configuration file from disk; `undefined` when there is none. Throws what the file system says otherwise. */
export function readFileIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
