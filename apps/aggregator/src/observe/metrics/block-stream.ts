import type { AppliedBlock, BlockFsm, Height } from 'block-fsm'
import { nextHeight } from 'block-fsm'
import type { Clock } from 'raft-core'
import type { EvNodeMetrics } from './ev-node-metrics.ts'
import type { LogMetrics } from './log-metrics.ts'
import type { MetricSet } from './metric-set.ts'

/** Blocks looked at with one read. */
const readBytes = 8 * 1024 * 1024

/** From chains with blocks of 50 ms to slow ones, and what failovers add. */
const intervalBuckets = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10, 30, 60]

export interface BlockStreamOptions {
  readonly metrics: MetricSet
  readonly evNode: EvNodeMetrics
  readonly log: LogMetrics
  readonly fsm: Pick<BlockFsm, 'state' | 'blocks'>
  readonly clock: Clock
}

/** Counts committed blocks as they come. Those that the own log brings again after a start are passed over. */
export class BlockStream {
  readonly #options: BlockStreamOptions
  readonly #blocks
  readonly #transactions
  readonly #dropped
  readonly #interval
  readonly #commitInterval
  #next: Height
  #lastTimeNs: bigint | undefined
  #lastSeenAt: number | undefined

  constructor(options: BlockStreamOptions) {
    const { metrics, fsm } = options
    this.#options = options
    this.#next = nextHeight(fsm.state)
    this.#blocks = metrics.counter('aggregator_blocks_committed_total', 'Committed blocks.')
    this.#transactions = metrics.counter('aggregator_transactions_committed_total', 'Transactions in those blocks.')
    this.#dropped = metrics.counter(
      'aggregator_transactions_dropped_total',
      'Transactions that those blocks decided without holding them.',
    )
    this.#interval = metrics.histogram(
      'aggregator_block_interval_seconds',
      "Time between the headers of consecutive blocks: the chain's own rhythm.",
      intervalBuckets,
    )
    this.#commitInterval = metrics.histogram(
      'aggregator_block_commit_interval_seconds',
      'Time between the commits of consecutive blocks, as this node applied them.',
      intervalBuckets,
    )
  }

  /** Follows committed blocks until aborted. */
  async run(abort: AbortSignal): Promise<void> {
    const { blocks } = this.#options.fsm
    try {
      while (!abort.aborted) {
        const read = blocks.read(this.#next, readBytes)
        if (read.kind === 'none') await blocks.wait(this.#next, abort)
        else if (read.kind === 'evicted') this.#skipTo(read.oldest)
        else for (const block of read.blocks) this.#take(block)
      }
    } catch (error) {
      if (!abort.aborted) throw error
    }
  }

  /** A snapshot came between: the blocks on both sides of it do not follow each other. */
  #skipTo(oldest: Height): void {
    this.#next = oldest
    this.#lastTimeNs = undefined
    this.#lastSeenAt = undefined
  }

  #take(applied: AppliedBlock): void {
    const { log, clock, evNode } = this.#options
    const { block, index, dropped } = applied
    const { timeNs } = block.header
    const now = clock.now()
    this.#next = block.height + 1
    if (index > log.openedIndex) {
      const proposedAt = log.proposedAt(index)
      this.#blocks.inc()
      this.#transactions.inc(block.data.txs.length)
      this.#dropped.inc(dropped.length)
      if (this.#lastTimeNs !== undefined) this.#interval.observe(Number(timeNs - this.#lastTimeNs) / 1e9)
      if (this.#lastSeenAt !== undefined) this.#commitInterval.observe((now - this.#lastSeenAt) / 1000)
      evNode.onBlock(block, proposedAt === undefined ? undefined : (now - proposedAt) / 1000)
      this.#lastSeenAt = now
    }
    this.#lastTimeNs = timeNs
  }
}
