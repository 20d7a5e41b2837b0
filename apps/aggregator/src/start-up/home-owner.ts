import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** The living process that signed a database's directory last, as far as that can be told; a process id may be used again. */
export async function livingOwner(directory: string): Promise<string | undefined> {
  try {
    const { pid, host, started_at } = JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8')) as Owner
    if (host !== hostname() || pid === process.pid) return undefined
    process.kill(pid, 0)
    return `process ${pid}, since ${started_at}`
  } catch {
    return undefined // It only decorates a message: an owner that is gone, or cannot be read, is not named.
  }
}

interface Owner {
  readonly pid: number
  readonly host: string
  readonly started_at: string
}
