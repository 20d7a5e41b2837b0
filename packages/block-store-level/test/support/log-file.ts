import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** LevelDB's only log file, in a directory where nothing is large enough for a second one. */
export function logFile(directory: string): string {
  const database = join(directory, 'db')
  return join(database, readdirSync(database).find((name) => name.endsWith('.log'))!)
}
