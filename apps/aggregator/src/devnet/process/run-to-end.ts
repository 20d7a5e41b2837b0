import { execFile } from 'node:child_process'
import { oneLine } from '../format.ts'
import { type NodeProgram, nodeEnvironment } from './node-program.ts'

// Far above what init prints; a program that prints more is not init.
const outputLimitBytes = 1 << 20

/** How a short run of the program ended. */
export interface Ending {
  /** -1 when a signal ended it or it could not be started. */
  readonly exitCode: number
  readonly stdout: string
  /** The last line on stderr, which says what is wrong. */
  readonly lastLine: string
}

/** Runs the program and waits for its end; aborting kills it. */
export function runToEnd(program: NodeProgram, args: readonly string[], signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    execFile(
      program.command,
      [...program.args, ...args],
      { env: nodeEnvironment(), maxBuffer: outputLimitBytes, signal, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        const lastLine = oneLine(stderr.trimEnd().split('\n').at(-1) ?? '')
        resolve({ exitCode, stdout, lastLine: lastLine === '' && error ? error.message : lastLine })
      },
    )
  })
}
