import type { Clock, LogStore } from 'raft-core'
import type { TransportMetrics } from 'raft-transport-tcp'
import type { Config } from '../../config/index.ts'
import { packageVersion } from '../../package-version.ts'
import { readBlocks } from './block-gauges.ts'
import { BlockStream } from './block-stream.ts'
import { type CatchUpMetrics, catchUpMetrics, readCatchUp } from './catch-up-metrics.ts'
import { EvNodeMetrics } from './ev-node-metrics.ts'
import { LogMetrics } from './log-metrics.ts'
import { type Declaration, MetricSet } from './metric-set.ts'
import { PeerNames } from './peer-names.ts'
import { countRaftEvents } from './raft-events.ts'
import { readRaftStatus } from './raft-status.ts'
import type { MetricSources } from './sources.ts'
import { transportMetrics } from './transport-metrics.ts'

export interface NodeMetricsOptions {
  readonly config: Pick<Config, 'node' | 'raft' | 'instrumentation'>
  readonly chainId: string
  readonly clock: Clock
}

/**
 * All metrics of one node. What is counted as it happens goes to the sinks, which exist before the parts that use them; the rest
 * is read from the parts at each scrape, once `watch` knows them.
 */
export class NodeMetrics {
  /** For the Raft transport. */
  readonly transport: Partial<TransportMetrics>
  /** For serving and fetching history. */
  readonly catchUp: CatchUpMetrics
  readonly #options: NodeMetricsOptions
  readonly #metrics = new MetricSet()
  readonly #peers: PeerNames
  readonly #log: LogMetrics
  readonly #evNode: EvNodeMetrics

  constructor(options: NodeMetricsOptions) {
    const { config, chainId, clock } = options
    const { nodeId, voters } = config.raft
    this.#options = options
    this.#peers = new PeerNames(
      nodeId,
      voters.map(({ id }) => id),
    )
    this.#metrics
      .gauge('aggregator_info', 'Always 1; the labels say which node this is.', ['node_id', 'chain_id', 'version'])
      .set({ node_id: nodeId, chain_id: chainId, version: packageVersion() }, 1)
    this.#log = new LogMetrics(this.#metrics, clock)
    this.#evNode = new EvNodeMetrics(this.#metrics, { namespace: config.instrumentation.namespace, chainId })
    this.transport = transportMetrics(this.#metrics, this.#peers)
    this.catchUp = catchUpMetrics(this.#metrics, (blocks) => this.#evNode.onFetched(blocks))
  }

  /** The same store, timed. */
  timedLog(store: LogStore): LogStore {
    return this.#log.timed(store)
  }

  /** Follows a node whose parts these are, until aborted. To be called once, before Raft starts. */
  async watch(sources: MetricSources, abort: AbortSignal): Promise<void> {
    const { config, clock } = this.#options
    const { raft, fsm, store, catchUp } = sources
    const metrics = this.#metrics
    readRaftStatus(metrics, raft, this.#peers)
    readBlocks(metrics, sources, { nodeId: config.raft.nodeId, blockTimeMs: config.node.blockTimeMs })
    readCatchUp(metrics, catchUp)
    this.#evNode.read(fsm, store, () => catchUp()?.connected)
    const stream = new BlockStream({ metrics, evNode: this.#evNode, log: this.#log, fsm, clock })
    const stops = [countRaftEvents(metrics, raft, this.#peers), raft.on((event) => this.#log.onEvent(event))]
    try {
      await stream.run(abort)
    } finally {
      for (const stop of stops) stop()
    }
  }

  /** Every metric that was declared so far. */
  declared(): readonly Declaration[] {
    return this.#metrics.declared()
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return this.#metrics.text()
  }
}
