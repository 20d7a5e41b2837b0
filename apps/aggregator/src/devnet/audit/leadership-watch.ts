import type { StatusDocument } from '../../rpc/node-view.ts'
import { formatMs } from '../format.ts'
import type { EventLog, OpenEvent } from './events.ts'

/** Something that was done to a node, or happened to it. */
export interface Fault {
  readonly id: string
  /** As in `node-1 killed`. */
  readonly what: string
  /** On the clock. */
  readonly at: number
  /** The same moment in milliseconds since 1970, comparable with the times in blocks. */
  readonly wallMs: number
}

/** From a leader's fault to the next leader and to the next block, as an outsider saw it. */
export interface Failover {
  readonly leader: string
  readonly term: number
  readonly leaderAfterMs: number
  readonly blockAfterMs: number
}

interface Running {
  readonly fault: Fault
  readonly event: OpenEvent
  next?: { readonly id: string; readonly term: number; readonly afterMs: number }
}

// Long after every timeout of a devnet; then the line is closed as it is.
const giveUpMs = 30_000

/** Follows who leads, and measures what the end of a leader costs. */
export class LeadershipWatch {
  readonly #events: EventLog
  readonly #failovers: Failover[] = []
  #current: { readonly id: string; readonly term: number } | undefined
  #changes = 0
  #running: Running | undefined

  constructor(events: EventLog) {
    this.#events = events
  }

  /** The leader of the highest term that was ever seen. */
  get current(): { readonly id: string; readonly term: number } | undefined {
    return this.#current
  }

  /** Leaders seen after the first one. */
  get changes(): number {
    return this.#changes
  }

  /** The latest, oldest first. */
  get failovers(): readonly Failover[] {
    return this.#failovers
  }

  /** True from a leader's fault until the next block: the time to look often. */
  get isFailingOver(): boolean {
    return this.#running !== undefined
  }

  /** A node was hurt. Only a leader's fault begins a failover. */
  onFault(fault: Fault): void {
    const text = `${fault.id} ${fault.what}`
    if (this.#current?.id !== fault.id) {
      this.#events.add(text)
      return
    }
    this.#running?.event.close(this.#describe(this.#running))
    this.#running = { fault, event: this.#events.open(`${text}; …`) }
  }

  onStatus(id: string, status: StatusDocument, at: number): void {
    if (status.role === 'leader') this.#onLeader(id, status.term, at)
    this.#onTip(status, at)
  }

  #onLeader(id: string, term: number, at: number): void {
    const current = this.#current
    if (current?.id === id && current.term === term) return
    if (current?.term === term) {
      this.#events.alarm(`TWO LEADERS in term ${term}: ${current.id} and ${id}`)
      return
    }
    // A leader of the past that does not know yet.
    if (current && term < current.term) return
    this.#current = { id, term }
    if (current) this.#changes += 1
    const running = this.#running
    if (running === undefined) {
      this.#events.add(`${id} leads in term ${term}`)
      return
    }
    running.next ??= { id, term, afterMs: at - running.fault.at }
    running.event.update(`${this.#describe(running)}; …`)
  }

  #onTip(status: StatusDocument, at: number): void {
    const running = this.#running
    if (running === undefined) return
    const { fault, next } = running
    // A block that the old leader had under way carries a time before its end.
    const isNew = Date.parse(status.block_time) > fault.wallMs
    if (next && isNew) {
      const blockAfterMs = at - fault.at
      this.#failovers.push({ leader: next.id, term: next.term, leaderAfterMs: next.afterMs, blockAfterMs })
      this.#failovers.splice(0, this.#failovers.length - 1000)
      running.event.close(`${this.#describe(running)}; block ${status.tip_height} after ${formatMs(blockAfterMs)}`)
      this.#running = undefined
    } else if (at - fault.at > giveUpMs) {
      running.event.close(`${this.#describe(running)}; no block after ${formatMs(at - fault.at)}`)
      this.#running = undefined
    }
  }

  #describe({ fault, next }: Running): string {
    const text = `${fault.id} ${fault.what}`
    return next ? `${text}; ${next.id} leads after ${formatMs(next.afterMs)}` : text
  }
}
