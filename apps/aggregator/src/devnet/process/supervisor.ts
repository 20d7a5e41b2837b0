import type { Clock } from '../clock.ts'
import { lastLogLine } from './node-log.ts'
import { type Exit, type NodeProcess, startNodeProcess } from './node-process.ts'
import type { NodeProgram } from './node-program.ts'
import type { OrphanGuard } from './orphan-guard.ts'
import type { ProcessControl, ProcessState } from './process-control.ts'
import { RestartLimit } from './restart-limit.ts'

export interface SupervisedNode {
  readonly id: string
  readonly args: readonly string[]
  readonly logFile: string
}

export interface SupervisorOptions {
  readonly nodes: readonly SupervisedNode[]
  readonly program: NodeProgram
  readonly guard: OrphanGuard
  readonly clock: Clock
  /** How long a node that was killed or fell stays down. */
  readonly restartAfterMs: number
  /** How long a node may take to stop before it is killed. */
  readonly stopLimitMs: number
  /** A node's process runs, or goes on after a pause. */
  readonly onRunning: (id: string) => void
  /** A node ended that nobody had asked to: `lastLine` is of its log. */
  readonly onUnexpectedExit: (id: string, exit: Exit, lastLine: string) => void
  /** A node ended unasked so often that it is left down. */
  readonly onGivenUp: (id: string) => void
}

interface Run {
  readonly process: NodeProcess
  readonly ended: Promise<void>
  intent: 'run' | 'kill' | 'stop'
}

/** The real processes. Every signal goes to one that this object started. */
export class Supervisor implements ProcessControl {
  readonly #options: SupervisorOptions
  readonly #nodes: ReadonlyMap<string, SupervisedNode>
  readonly #runs = new Map<string, Run>()
  readonly #states = new Map<string, ProcessState>()
  readonly #closing = new AbortController()
  readonly #restarts: RestartLimit

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#nodes = new Map(options.nodes.map((node) => [node.id, node]))
    this.#restarts = new RestartLimit()
    for (const { id } of options.nodes) this.#states.set(id, { kind: 'down', backAt: undefined })
  }

  state(id: string): ProcessState {
    return this.#states.get(id)!
  }

  pid(id: string): number | undefined {
    return this.#runs.get(id)?.process.pid
  }

  start(id: string): void {
    const { program, guard } = this.#options
    if (this.#runs.has(id) || this.#closing.signal.aborted) return
    const { args, logFile } = this.#nodes.get(id)!
    let onEnded = (): void => undefined
    const ended = new Promise<void>((resolve) => {
      onEnded = resolve
    })
    const process = startNodeProcess(program, args, logFile, (exit) => {
      onEnded()
      this.#onExit(id, exit)
    })
    if (process.pid !== undefined) guard.watch(process.pid)
    this.#runs.set(id, { process, ended, intent: 'run' })
    this.#setUp(id)
  }

  kill(id: string): void {
    this.#end(id, 'kill', 'SIGKILL')
  }

  pause(id: string): void {
    if (this.state(id).kind !== 'up') return
    this.#runs.get(id)?.process.send('SIGSTOP')
    this.#states.set(id, { kind: 'paused' })
  }

  resume(id: string): void {
    if (this.state(id).kind !== 'paused') return
    this.#runs.get(id)?.process.send('SIGCONT')
    this.#setUp(id)
  }

  async stop(id: string, hurry: AbortSignal): Promise<void> {
    const run = this.#end(id, 'stop', 'SIGTERM')
    if (run === undefined) return
    // A paused process takes the signal only when it goes on.
    run.process.send('SIGCONT')
    const enough = new AbortController()
    const giveUp = (): void => enough.abort()
    if (hurry.aborted) giveUp()
    hurry.addEventListener('abort', giveUp, { once: true })
    const waited = this.#options.clock.sleep(this.#options.stopLimitMs, enough.signal)
    const hasEnded = await Promise.race([run.ended.then(() => true), waited.then(() => false)])
    if (!hasEnded) run.process.send('SIGKILL')
    await run.ended
    hurry.removeEventListener('abort', giveUp)
    giveUp()
  }

  /** Ends all nodes, for ever. Aborting `hurry` kills them at once. */
  async close(hurry: AbortSignal): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#runs.keys()].map((id) => this.stop(id, hurry)))
  }

  #setUp(id: string): void {
    this.#states.set(id, { kind: 'up' })
    this.#options.onRunning(id)
  }

  #end(id: string, intent: 'kill' | 'stop', signal: NodeJS.Signals): Run | undefined {
    const run = this.#runs.get(id)
    if (run === undefined) {
      if (intent === 'stop') this.#states.set(id, { kind: 'down', backAt: undefined })
      return undefined
    }
    run.intent = intent
    this.#states.set(id, { kind: 'stopping' })
    run.process.send(signal)
    return run
  }

  #onExit(id: string, exit: Exit): void {
    const { clock, guard, restartAfterMs } = this.#options
    const run = this.#runs.get(id)
    if (run?.process.pid !== undefined) guard.forget(run.process.pid)
    this.#runs.delete(id)
    this.#states.set(id, { kind: 'down', backAt: undefined })
    if (run?.intent === 'stop' || this.#closing.signal.aborted) return
    if (run?.intent !== 'kill') {
      this.#options.onUnexpectedExit(id, exit, lastLogLine(this.#nodes.get(id)!.logFile))
      if (!this.#restarts.allows(id, clock.now())) {
        this.#options.onGivenUp(id)
        return
      }
    }
    this.#states.set(id, { kind: 'down', backAt: clock.now() + restartAfterMs })
    void this.#restartLater(id)
  }

  async #restartLater(id: string): Promise<void> {
    const state = this.state(id)
    await this.#options.clock.sleep(this.#options.restartAfterMs, this.#closing.signal)
    // Stopped, or started by hand, in the meantime.
    if (this.state(id) === state) this.start(id)
  }
}
