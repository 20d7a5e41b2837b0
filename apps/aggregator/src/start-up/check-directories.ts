import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AggregatorError } from '../errors.ts'
import { SeveralErrors } from './several-errors.ts'

/**
 * Says why directories could not be made or written to: `HOME_UNUSABLE` for each that could not. Makes nothing: of a directory
 * that is not there, the nearest one above it has to take it.
 */
export async function checkDirectories(paths: readonly string[]): Promise<void> {
  const problems = new Map<string, string>()
  for (const path of paths) {
    const existing = await nearestExisting(path)
    const problem = await whyUnusable(existing)
    if (problem !== undefined) problems.set(existing, problem)
  }
  const errors = [...problems.values()].map((problem) => new AggregatorError('HOME_UNUSABLE', problem))
  if (errors.length > 0) throw new SeveralErrors('HOME_UNUSABLE', errors)
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch (error) {
    const code = fileCodeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return nearestExisting(dirname(path))
    return path
  }
}

async function whyUnusable(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return `${path} is no directory; move it away, or use another home`
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const user = process.getuid?.()
    const who = user === undefined ? 'this user' : `user ${user}`
    return `${path} cannot be written by ${who} (${fileCodeOf(error)}); change its owner or mode, or use another home`
  }
}

/** The file system's code, such as `EACCES`, or what was thrown. */
export function fileCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
