import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { openLog } from './node-log.ts'
import { type NodeProgram, nodeEnvironment } from './node-program.ts'

/** How a process ended: with a code, by a signal, or it never started. */
export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'failed'; readonly why: string }

/** One run of a node. */
export interface NodeProcess {
  /** Undefined when it could not be started; then `onExit` says why. */
  readonly pid: number | undefined
  /** Does nothing when it has ended. */
  send(signal: NodeJS.Signals): void
}

/**
 * Starts a node that writes its log to a file. It gets a session of its own, so that a terminal's Ctrl-C reaches only us
 * and we stop the nodes in order.
 */
export function startNodeProcess(
  program: NodeProgram,
  args: readonly string[],
  logFile: string,
  onExit: (exit: Exit) => void,
): NodeProcess {
  const log = openLog(logFile)
  const child = spawn(program.command, [...program.args, ...args], {
    detached: true,
    env: nodeEnvironment(),
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.on('error', (error) => {
    if (child.pid === undefined) onExit({ kind: 'failed', why: error.message })
  })
  child.on('exit', (code, signal) => {
    onExit(signal === null ? { kind: 'code', code: code ?? 1 } : { kind: 'signal', signal })
  })
  return { pid: child.pid, send: (signal) => void child.kill(signal) }
}

/** `exited with code 1`, `was ended by SIGSEGV`, `could not be started: …`. */
export function describeExit(exit: Exit): string {
  switch (exit.kind) {
    case 'code':
      return `exited with code ${exit.code}`
    case 'signal':
      return `was ended by ${exit.signal}`
    case 'failed':
      return `could not be started: ${exit.why}`
  }
}
