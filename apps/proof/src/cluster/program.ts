import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The aggregator as it was built: what a user of this clone runs. */
export const program: string = fileURLToPath(
  new URL('../bin/aggregator.js', pathToFileURL(createRequire(import.meta.url).resolve('aggregator'))),
)

/** How a program ended and what it said. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the aggregator to its end. `code` is -1 when a signal ended it. */
export function runProgram(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, stdout, stderr })
    })
  })
}
