import type { Audit } from './audit/audit.ts'
import type { EventLog } from './audit/events.ts'
import type { Clock } from './clock.ts'
import { formatMs } from './format.ts'
import type { Load } from './load/load.ts'
import type { DevnetPlan } from './plan/plan.ts'
import type { ProcessControl } from './process/process-control.ts'

export interface ActionsOptions {
  readonly plan: DevnetPlan
  readonly supervisor: ProcessControl
  readonly audit: Audit
  readonly events: EventLog
  readonly load: Load
  readonly clock: Clock
  /** Ends what takes time. */
  readonly signal: AbortSignal
  /** Aborts when stopping a node must not take time. */
  readonly hurry: AbortSignal
}

const pauseMs = 10_000
const lookEveryMs = 100
// Entries that a node may have taken after it was last asked, at most half a second before it stopped.
const unseenMs = 500

/** What the keys do to the processes. Each answers the node it acted on, or says in an event why it did nothing. */
export class Actions {
  readonly #options: ActionsOptions
  readonly #notes = new Map<string, () => string>()

  constructor(options: ActionsOptions) {
    this.#options = options
  }

  /** What there is to say of a node that one of these acts on; empty for nothing. */
  note(id: string): string {
    return this.#notes.get(id)?.() ?? ''
  }

  /** kill -9. The supervisor starts it again. */
  killLeader(): string | undefined {
    const id = this.#leader()
    if (id === undefined) return undefined
    this.#fault(id, 'killed')
    this.#options.supervisor.kill(id)
    return id
  }

  /** SIGSTOP for ten seconds; resolves when it goes on. */
  async pauseLeader(): Promise<string | undefined> {
    const { supervisor, clock, signal } = this.#options
    const id = this.#leader()
    if (id === undefined) return undefined
    const until = clock.now() + pauseMs
    this.#fault(id, `paused for ${formatMs(pauseMs)}`)
    supervisor.pause(id)
    this.#notes.set(id, () => `goes on in ${formatMs(Math.max(0, until - clock.now()))}`)
    await clock.sleep(pauseMs, signal)
    this.#notes.delete(id)
    if (!signal.aborted) supervisor.resume(id)
    return id
  }

  /** Stops a follower until no other node has the log that it needs; resolves when it is started again. */
  async keepAway(): Promise<string | undefined> {
    const { supervisor, audit, events, clock, signal, plan, hurry } = this.#options
    const id = this.#followerToSpare()
    if (id === undefined) return undefined
    this.#fault(id, 'stopped; stays away until the log it needs is gone')
    await supervisor.stop(id, hurry)
    const unseen = Math.ceil(unseenMs / plan.blockTimeMs) + 1
    const needed = (audit.returns.departure(id)?.lastLogIndex ?? 0) + unseen
    const missing = (): number => Math.max(0, needed + 2 - audit.oldestLogIndex(id, clock.now()))
    this.#notes.set(id, () => `away until the others drop ${missing()} more log entries`)
    while (missing() > 0 && !signal.aborted) await clock.sleep(lookEveryMs, signal)
    this.#notes.delete(id)
    if (signal.aborted) return id
    events.add(`${id} starts again: the others dropped the log it needs`)
    supervisor.start(id)
    return id
  }

  async sendTransaction(): Promise<void> {
    const { load, events } = this.#options
    const { text, submission } = await load.sendOne()
    const { kind } = submission
    events.add(`transaction ${text} ${kind}${'why' in submission ? `: ${submission.why}` : ''}`)
  }

  #leader(): string | undefined {
    const { audit, clock, events, supervisor } = this.#options
    const leader = audit.view.leader(clock.now())
    if (leader && supervisor.state(leader.id).kind === 'up') return leader.id
    events.add('nobody leads at this moment; try again')
    return undefined
  }

  #followerToSpare(): string | undefined {
    const { audit, clock, events, plan, supervisor } = this.#options
    const isUp = (id: string): boolean => supervisor.state(id).kind === 'up'
    if (plan.nodes.some(({ id }) => !isUp(id))) {
      events.add('a node is away already; wait until it is back')
      return undefined
    }
    const follower = plan.nodes.findLast(({ id }) => audit.view.fresh(id, clock.now())?.role === 'follower')
    if (follower === undefined) events.add('there is no follower at this moment; try again')
    return follower?.id
  }

  #fault(id: string, what: string): void {
    const { audit, clock } = this.#options
    audit.onFault({ id, what, at: clock.now(), wallMs: clock.wallNow() })
  }
}
