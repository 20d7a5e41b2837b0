import type { NodeClient, Submission } from '../client/node-client.ts'
import type { Clock } from '../clock.ts'

export interface LoadOptions {
  /** In the order of their turns. */
  readonly clients: readonly NodeClient[]
  /** Distinguishes this run's transactions from those of earlier runs on the same chain: letters and digits. */
  readonly runId: string
  readonly onAcknowledged: (text: string) => void
}

/** What happened to the transactions that were sent. */
export interface LoadCounts {
  readonly acknowledged: number
  readonly refused: number
  readonly unknown: number
}

/** A transaction that was sent, and what became of it. */
export interface Sent {
  readonly text: string
  readonly submission: Submission
}

// At two a second this is half a minute of answers that do not come, and then one node's fault stops nothing.
const inFlightLimit = 64
// So few keys that everyone can look at them, and they are written again and again.
const keys = 32

/** A small stream of transactions, to each node in turn, followers included. */
export class Load {
  readonly #options: LoadOptions
  readonly #inFlight = new Set<Promise<unknown>>()
  #turn = 0
  #counts: LoadCounts = { acknowledged: 0, refused: 0, unknown: 0 }

  constructor(options: LoadOptions) {
    this.#options = options
  }

  get counts(): LoadCounts {
    return this.#counts
  }

  /** True for the text of a transaction of this run. */
  isOurs(text: string): boolean {
    return text.includes(`=${this.#options.runId}-`)
  }

  /** Sends `ratePerS` transactions a second until `signal` aborts, then waits for the answers under way. */
  async run(ratePerS: number, clock: Clock, signal: AbortSignal): Promise<void> {
    if (ratePerS === 0) return
    const waitMs = 1000 / ratePerS
    while (!signal.aborted) {
      await clock.sleep(waitMs, signal)
      if (signal.aborted || this.#inFlight.size >= inFlightLimit) continue
      const sending = this.sendOne()
      this.#inFlight.add(sending)
      void sending.finally(() => this.#inFlight.delete(sending))
    }
    await Promise.all(this.#inFlight)
  }

  /** Sends the next one: to the node whose turn it is, and to the others only as long as each surely did not take it. */
  async sendOne(): Promise<Sent> {
    const { clients, runId, onAcknowledged } = this.#options
    const turn = this.#turn
    this.#turn += 1
    const text = `key-${turn % keys}=${runId}-${turn}`
    let submission: Submission = { kind: 'refused', why: 'there is no node', isElsewhere: false }
    for (let i = 0; i < clients.length; i += 1) {
      submission = await clients[(turn + i) % clients.length]!.submit(text)
      if (submission.kind !== 'refused' || !submission.isElsewhere) break
    }
    const { kind } = submission
    this.#counts = { ...this.#counts, [kind]: this.#counts[kind] + 1 }
    if (kind === 'acknowledged') onAcknowledged(text)
    return { text, submission }
  }
}
