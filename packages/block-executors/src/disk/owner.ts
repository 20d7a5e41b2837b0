import { open, readFile, rename } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const fileName = 'owner.json'

/** Writes down who holds the directory, for the message that a second process gets. The lock itself is the database's. */
export async function signOwner(directory: string, startedAt: Date): Promise<void> {
  const owner = { pid: process.pid, host: hostname(), started_at: startedAt.toISOString() }
  const path = join(directory, fileName)
  const file = await open(`${path}.tmp`, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(owner)}\n`)
  } finally {
    await file.close()
  }
  await rename(`${path}.tmp`, path)
}

/** Who signed the directory, as far as that can be read. */
export async function ownerOf(directory: string): Promise<string> {
  try {
    const { pid, host, started_at } = JSON.parse(await readFile(join(directory, fileName), 'utf8'))
    return `process ${pid} on ${host}, since ${started_at}`
  } catch (error) {
    // The file only decorates a message: one that is missing or cut off leaves its owner unnamed.
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isMissing || error instanceof SyntaxError) return 'another process'
    throw error
  }
}
