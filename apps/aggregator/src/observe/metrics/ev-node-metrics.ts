import { type BlockFsm, type BlockStore, type CommittedBlock, nextHeight } from 'block-fsm'
import type { MetricSet } from './metric-set.ts'

/** ev-node's own bounds. */
const transactionBuckets = [0, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000]
const durationBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface EvNodeFacts {
  /** `instrumentation.namespace`. */
  readonly namespace: string
  readonly chainId: string
}

/** What ev-node exposes, under its names and with its label, so that its dashboards go on working. */
export class EvNodeMetrics {
  readonly #metrics: MetricSet
  readonly #prefix: string
  readonly #chain: { readonly chain_id: string }
  readonly #perBlock
  readonly #duration
  readonly #synchronized
  #totalTransactions = 0

  constructor(metrics: MetricSet, { namespace, chainId }: EvNodeFacts) {
    this.#metrics = metrics
    this.#prefix = namespace
    this.#chain = { chain_id: chainId }
    this.#perBlock = metrics.histogram(
      `${namespace}_sequencer_txs_per_block`,
      'Transactions in a block.',
      transactionBuckets,
      ['chain_id'],
    )
    this.#duration = metrics.histogram(
      `${namespace}_sequencer_operation_duration_seconds`,
      'Time of an operation; block_production is from proposal to commit, on the leader.',
      durationBuckets,
      ['chain_id', 'operation'],
    )
    this.#synchronized = metrics.counter(
      `${namespace}_sequencer_blocks_synchronized_total`,
      'Blocks that others produced, by the way they came.',
      ['chain_id', 'source'],
    )
    for (const source of ['raft', 'p2p']) this.#synchronized.inc({ ...this.#chain, source }, 0)
  }

  /** A block was committed; `productionSeconds` when this node proposed it. */
  onBlock({ data }: CommittedBlock, productionSeconds: number | undefined): void {
    this.#totalTransactions += data.txs.length
    this.#perBlock.observe(this.#chain, data.txs.length)
    if (productionSeconds === undefined) this.#synchronized.inc({ ...this.#chain, source: 'raft' })
    else this.#duration.observe({ ...this.#chain, operation: 'block_production' }, productionSeconds)
  }

  /** Blocks came from p2p peers. */
  onFetched(blocks: number): void {
    this.#synchronized.inc({ ...this.#chain, source: 'p2p' }, blocks)
  }

  /** Reads heights, the newest block and the p2p peers at each scrape. */
  read(fsm: Pick<BlockFsm, 'state'>, store: Pick<BlockStore, 'status'>, p2pPeers: () => number | undefined): void {
    const height = this.#gauge('sequencer_height', 'Highest executed and sealed block, as /status says.')
    const latest = this.#gauge('sequencer_latest_block_height', 'Newest committed block.')
    const transactions = this.#gauge('sequencer_num_txs', 'Transactions in the newest block.')
    const size = this.#gauge('sequencer_block_size_bytes', 'Encoded data of the newest block.')
    const total = this.#gauge(
      'sequencer_total_txs',
      'Transactions in blocks that were committed since the process started.',
    )
    const peers = this.#gauge('p2p_peers', 'p2p peers that are connected now.')
    this.#metrics.onScrape(() => {
      const { executed, sealed } = store.status()
      const { tip } = fsm.state
      height(Math.max(0, Math.min(executed, sealed)))
      latest(nextHeight(fsm.state) - 1)
      transactions(tip?.data.txs.length ?? 0)
      size(tip?.dataBytes.length ?? 0)
      total(this.#totalTransactions)
      peers(p2pPeers() ?? 0)
    })
  }

  #gauge(name: string, help: string): (value: number) => void {
    const gauge = this.#metrics.gauge(`${this.#prefix}_${name}`, help, ['chain_id'])
    return (value) => gauge.set(this.#chain, value)
  }
}
