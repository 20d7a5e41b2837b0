import { type BlockStoreStatus, decidedSequence, nextHeight } from 'block-fsm'
import type { MetricSet } from './metric-set.ts'
import type { MetricSources } from './sources.ts'

export interface BlockGaugeFacts {
  readonly nodeId: string
  readonly blockTimeMs: number
}

/** Reads at each scrape where the blocks of this node stand. */
export function readBlocks(metrics: MetricSet, sources: MetricSources, { nodeId, blockTimeMs }: BlockGaugeFacts): void {
  readHeights(metrics, sources)
  readWork(metrics, sources)
  readJournal(metrics, sources, nodeId)
  const lastBlock = metrics.gauge(
    'aggregator_last_block_timestamp_seconds',
    'Unix time in the header of the newest committed block; 0 before the first.',
  )
  metrics
    .gauge('aggregator_block_time_seconds', 'Configured time between blocks (node.block_time).')
    .set(blockTimeMs / 1000)
  metrics.onScrape(() => {
    const { tip } = sources.fsm.state
    // Milliseconds are what a double holds of it.
    lastBlock.set(tip ? Number(tip.header.timeNs / 1_000_000n) / 1000 : 0)
  })
}

function readHeights(metrics: MetricSet, { fsm, store, service }: MetricSources): void {
  const tip = metrics.gauge('aggregator_tip_height', 'Newest committed block that the state machine applied.')
  const stored = metrics.gauge('aggregator_stored_height', 'Highest block in the store.')
  const contiguous = metrics.gauge('aggregator_contiguous_height', 'Highest block through which the store misses none.')
  const executed = metrics.gauge('aggregator_executed_height', 'Highest executed block.')
  const sealed = metrics.gauge('aggregator_sealed_height', 'Highest block through which all have a verified signature.')
  const earliest = metrics.gauge('aggregator_earliest_height', 'First height that the store awaits.')
  const gap = metrics.gauge('p2p_catchup_gap_blocks', 'Blocks of the past that this node does not have.')
  metrics.onScrape(() => {
    const status = store.status()
    const tipHeight = nextHeight(fsm.state) - 1
    const nextToStore = service()?.pipeline.nextToStore ?? status.highest + 1
    tip.set(tipHeight)
    stored.set(status.highest)
    contiguous.set(status.contiguous)
    executed.set(status.executed)
    sealed.set(status.sealed)
    earliest.set(status.earliest)
    gap.set(missingThrough(status, Math.min(tipHeight, nextToStore - 1)))
  })
}

/** How many heights from the earliest through `to` the store lacks. */
function missingThrough({ earliest, blocks }: BlockStoreStatus, to: number): number {
  const within = blocks.map((block) => Math.min(block.to, to) - Math.max(block.from, earliest) + 1)
  return Math.max(0, to - earliest + 1) - within.reduce((sum, count) => sum + Math.max(0, count), 0)
}

function readWork(metrics: MetricSet, { service, isReady }: MetricSources): void {
  const producing = metrics.gauge('aggregator_producing', '1 while this node produces blocks.')
  const ready = metrics.gauge('aggregator_ready', '1 while this node is fit for its role, as /health/ready says.')
  const lag = metrics.gauge('aggregator_lag_blocks', 'Committed blocks that are not executed and sealed here yet.')
  const blocked = metrics.gauge(
    'aggregator_execution_blocked',
    '1 while the executor fails or disagrees with the chain: the node stores and votes, and does not lead.',
  )
  metrics.onScrape(() => {
    const { pipeline, leadership } = service() ?? {}
    producing.set(leadership?.isProducing ? 1 : 0)
    ready.set(isReady() ? 1 : 0)
    lag.set(Math.max(0, pipeline?.lag ?? 0))
    blocked.set(pipeline?.problem === undefined ? 0 : 1)
  })
}

function readJournal(metrics: MetricSet, { journal, fsm }: MetricSources, nodeId: string): void {
  const last = metrics.gauge(
    'aggregator_journal_last_sequence',
    'Number of the last transaction that this node took into its journal.',
  )
  const undecided = metrics.gauge(
    'aggregator_journal_undecided_transactions',
    'Transactions that this node took and no block decided yet.',
  )
  metrics.onScrape(() => {
    const opened = journal()
    if (opened === undefined) return
    const { id, firstSequence, lastSequence } = opened
    last.set(lastSequence)
    undecided.set(lastSequence - (decidedSequence(fsm.state, nodeId, id) ?? firstSequence - 1))
  })
}
