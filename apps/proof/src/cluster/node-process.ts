import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, closeSync, openSync } from 'node:fs'
import { atOurDeath } from './orphan-guard.ts'
import { program } from './program.ts'

/** How a process ended: its exit code, or null and the signal; both null when it could not be started, as its log says. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One run of an aggregator, from start to exit. */
export class NodeProcess {
  readonly #child: ChildProcess
  #exit: Exit | undefined
  #isWanted = false

  /** `prefix` is a command that runs the command after it, such as `ip netns exec NAME`. */
  constructor(args: readonly string[], logFile: string, prefix: readonly string[] = []) {
    const [command = process.execPath, ...rest] = [...prefix, process.execPath, program, ...args]
    const log = openSync(logFile, 'a')
    this.#child = spawn(command, rest, { stdio: ['ignore', log, log] })
    closeSync(log)
    const release = this.#child.pid === undefined ? () => {} : atOurDeath(`kill -9 ${this.#child.pid}`)
    this.#child.on('error', (error) => {
      appendFileSync(logFile, `${error.message}\n`)
      if (this.#child.pid === undefined) this.#exit = { code: null, signal: null }
    })
    this.#child.on('exit', (code, signal) => {
      release()
      this.#exit = { code, signal }
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#exit
  }

  /** It ended, and nobody told it to. */
  get hasDied(): boolean {
    return this.#exit !== undefined && !this.#isWanted
  }

  /** Its end, from now on, is no surprise. */
  expectEnd(): void {
    this.#isWanted = true
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}
