import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

const made: string[] = []
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.allSettled(opened.splice(0).map((executor) => executor.close()))
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** A directory of this test alone, removed after it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'executor-'))
  made.push(directory)
  return directory
}

/** Closes something after the test, unless the test did. */
export function closeLater<Executor extends { close(): Promise<void> }>(executor: Executor): Executor {
  opened.push(executor)
  return executor
}
