import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

const made: string[] = []
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** A directory of this test alone, removed after it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'block-store-'))
  made.push(directory)
  return directory
}

/** Closes something after the test, unless the test did. */
export function closeLater<Store extends { close(): Promise<void> }>(store: Store): Store {
  opened.push(store)
  return store
}
