import type { NodeClient } from '../../../src/devnet/client/node-client.ts'
import type { ProcessControl, ProcessState } from '../../../src/devnet/process/process-control.ts'
import type { BlockDocument, StatusDocument } from '../../../src/rpc/node-view.ts'
import { blockOf, statusOf, txOf } from './documents.ts'
import type { ManualClock } from './manual-clock.ts'

const tickMs = 50
const blockMs = 250
const threshold = 20
export const trailing = 60
const backfillPerTick = 10

/** What a cluster may do wrong, for tests that a check notices. */
export interface Misbehaviour {
  /** The block of this height has another hash on node-1. */
  readonly forkAt?: number
  /** Transactions of this turn are acknowledged and lost. */
  readonly loses?: number
  /** A node that comes back never gets the blocks below its snapshot. */
  readonly neverFills?: boolean
  /** A dead node stays dead. */
  readonly neverRestarts?: boolean
}

interface SimulatedNode {
  readonly id: string
  readonly index: number
  state: ProcessState
  height: number
  snapshot: number
  isBehindLog: boolean
  backfillFrom: number
  pid: number
}

/**
 * Three nodes as the devnet sees them, in a few lines: one chain, a leader that is replaced a tick after its end, logs that
 * are cut, and blocks that come from stores. Entry n of the log is block n.
 */
export class SimulatedCluster implements ProcessControl {
  readonly nodes: readonly SimulatedNode[]
  readonly clients: ReadonlyMap<string, NodeClient>
  onRunning: (id: string) => void = () => undefined
  readonly #clock: ManualClock
  readonly #wrong: Misbehaviour
  readonly #chain: BlockDocument[] = []
  #pool: string[] = []
  #taken = 0
  #leader = 'node-0'
  #term = 1
  #pids = 100

  constructor(clock: ManualClock, wrong: Misbehaviour = {}) {
    this.#clock = clock
    this.#wrong = wrong
    this.nodes = [0, 1, 2].map((index) => ({
      id: `node-${index}`,
      index,
      state: { kind: 'up' },
      height: 0,
      snapshot: 0,
      isBehindLog: false,
      backfillFrom: 0,
      pid: this.#pids++,
    }))
    this.clients = new Map(this.nodes.map((node) => [node.id, this.#client(node)]))
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#tick()
      await this.#clock.sleep(tickMs, signal)
    }
  }

  state(id: string): ProcessState {
    return this.#node(id).state
  }

  pid(id: string): number {
    return this.#node(id).pid
  }

  start(id: string): void {
    const node = this.#node(id)
    node.state = { kind: 'up' }
    node.pid = this.#pids++
    node.isBehindLog = node.height + 1 < this.#node(this.#leader).snapshot - trailing + 1
    node.backfillFrom = node.height + 1
    this.onRunning(id)
  }

  kill(id: string): void {
    this.#node(id).state = { kind: 'down', backAt: this.#clock.now() + 3000 }
    if (this.#wrong.neverRestarts) return
    void this.#clock.sleep(3000, new AbortController().signal).then(() => this.start(id))
  }

  pause(id: string): void {
    this.#node(id).state = { kind: 'paused' }
  }

  resume(id: string): void {
    this.#node(id).state = { kind: 'up' }
    this.onRunning(id)
  }

  async stop(id: string): Promise<void> {
    this.#node(id).state = { kind: 'down', backAt: undefined }
  }

  #tick(): void {
    const up = this.nodes.filter(({ state }) => state.kind === 'up')
    if (up.length >= 2 && this.state(this.#leader).kind !== 'up') {
      this.#leader = up.toSorted((a, b) => b.height - a.height)[0]!.id
      this.#term += 1
    }
    const isDue = this.#clock.now() >= this.#chain.length * blockMs
    if (up.length >= 2 && isDue) this.#chain.push(this.#nextBlock())
    for (const node of up) this.#follow(node)
  }

  #nextBlock(): BlockDocument {
    const txs = this.#pool.map(txOf)
    this.#pool = []
    return blockOf(this.#chain.length + 1, { txs, time: new Date(this.#clock.wallNow()).toISOString() })
  }

  #follow(node: SimulatedNode): void {
    const tip = this.#chain.length
    if (!node.isBehindLog) node.height = tip
    else if (!this.#wrong.neverFills) node.height = Math.min(tip, node.height + backfillPerTick)
    if (node.height === tip) node.isBehindLog = false
    const applied = node.isBehindLog ? tip : node.height
    if (applied - node.snapshot >= threshold) node.snapshot = applied
  }

  #client(node: SimulatedNode): NodeClient {
    const answering = (): void => {
      if (node.state.kind !== 'up') throw new Error('no answer')
    }
    return {
      status: async () => {
        answering()
        return this.#status(node)
      },
      block: async (height) => {
        answering()
        const block = height <= node.height ? this.#chain[height - 1] : undefined
        const isForked = block && height === this.#wrong.forkAt && node.id === 'node-1'
        return isForked ? { ...block, hash: 'f'.repeat(64) } : block
      },
      submit: async (text) => {
        if (node.state.kind !== 'up') return { kind: 'refused', why: 'no answer', isElsewhere: true }
        if (this.#taken !== this.#wrong.loses) this.#pool.push(text)
        this.#taken += 1
        return { kind: 'acknowledged' }
      },
    }
  }

  #status(node: SimulatedNode): StatusDocument {
    const tip = this.#chain.length
    const { height, isBehindLog: active, backfillFrom: from, snapshot } = node
    const done = Math.max(0, height - from + 1)
    return statusOf({
      node_id: node.id,
      role: node.id === this.#leader ? 'leader' : 'follower',
      leader_id: this.#leader,
      term: this.#term,
      height,
      tip_height: active ? tip : height,
      tip_hash: this.#chain[height - 1]?.hash ?? '',
      block_time: this.#chain[height - 1]?.time ?? '',
      last_log_index: active ? tip : height,
      snapshot_index: snapshot,
      backfill: { ...statusOf().backfill, active, ...(active && { from, to: snapshot, done, blocks_per_s: 200 }) },
    })
  }

  #node(id: string): SimulatedNode {
    return this.nodes.find((node) => node.id === id)!
  }
}
