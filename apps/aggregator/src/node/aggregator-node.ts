import { crc32 } from 'node:zlib'
import {
  type Anchor,
  BlockFsm,
  type BlockSigner,
  type BlockStore,
  type DoubleSignGuard,
  type Executor,
  type Height,
  nextHeight,
  type TransactionJournal,
  type Verdict,
} from 'block-fsm'
import { type Clock, RaftNode, type Transport } from 'raft-core'
import type { RaftDirectory } from 'raft-store-level'
import { CatchUp } from '../catchup/catch-up.ts'
import type { Config } from '../config/index.ts'
import { AggregatorError } from '../errors.ts'
import { type Genesis, genesisHash } from '../genesis/genesis.ts'
import type { Logger } from '../observe/logger.ts'
import type { NodeMetrics } from '../observe/metrics/node-metrics.ts'
import { type MetricsServer, startMetrics } from '../observe/start-metrics.ts'
import { statusPage } from '../page/status-page.ts'
import { routesOf } from '../rpc/routes.ts'
import { type RpcServer, startRpcServer } from '../rpc/server.ts'
import { BlockService } from './block-service.ts'
import { CoupledFsm } from './coupled-fsm.ts'
import { clusterFounded } from './founded.ts'
import { KeptSnapshots } from './kept-snapshots.ts'
import { nodeView } from './node-view.ts'
import { sha256, systemRandom } from './platform.ts'
import { logRaftEvents } from './raft-logging.ts'
import { whyNotReady } from './why-not-ready.ts'

/** How long a leader that stops waits for another to take over. */
const handOverMs = 3000

export interface NodeParts {
  readonly config: Config
  readonly genesis: Genesis
  /** Log, snapshots and identity. */
  readonly raftStores: RaftDirectory
  readonly store: BlockStore
  readonly executor: Executor
  readonly transport: Transport
  /** Opened once the directory's boot counter is known. */
  readonly openJournal: (bootCounter: number) => Promise<TransactionJournal>
  /** 32 bytes: the libp2p identity. */
  readonly nodeKeySeed: Uint8Array
  /** Opened once the cluster is known, which both are stamped with; undefined on a member without the key. */
  readonly openSigning: (
    clusterId: string,
  ) => Promise<{ readonly guard: DoubleSignGuard; readonly signer: BlockSigner } | undefined>
  /** Nothing but the Raft directory holds data of this node. */
  readonly isEmpty: boolean
  readonly clock: Clock
  readonly wallClockNs: () => bigint
  /** Undefined when metrics are off. */
  readonly metrics: NodeMetrics | undefined
  readonly logger: Logger
}

/** What `run` opened before there is a cluster. */
interface Opened {
  readonly journal: TransactionJournal
  readonly catchUp: CatchUp
  readonly firstHeight: Height
  readonly startAnchor: Anchor | undefined
}

/** One aggregator: Raft, the block path, intake and the HTTP surface, from start to stop in one process. */
export class AggregatorNode {
  readonly raft: RaftNode<Verdict>
  readonly #parts: NodeParts
  readonly #fsm: BlockFsm
  readonly #keptSnapshots: KeptSnapshots
  readonly #stopping = new AbortController()
  #service: BlockService | undefined
  #guard: DoubleSignGuard | undefined
  #catchUp: CatchUp | undefined
  #serving: (service: BlockService) => void = () => {}
  readonly #whenServing = new Promise<BlockService>((resolve) => {
    this.#serving = resolve
  })
  #rpc: RpcServer | undefined
  #metrics: MetricsServer | undefined
  #forming = 'the node is starting'
  #fail: (error: unknown) => void = () => {}

  constructor(parts: NodeParts) {
    this.#parts = parts
    const { config, genesis, transport, clock, logger } = parts
    const { raft, node } = config
    const { chainId, initialHeight, startTimeNs: genesisTimeNs, proposerAddress } = genesis
    this.#keptSnapshots = new KeptSnapshots(raft.snapCount)
    this.#fsm = new BlockFsm({ chainId, initialHeight, genesisTimeNs, proposerAddress })
    this.raft = new RaftNode<Verdict>({
      id: raft.nodeId,
      address: raft.advertisedAddress,
      formation: {
        chainId,
        genesisHash: genesisHash(genesis),
        peers: raft.voters,
        bootstrap: raft.bootstrap || !raft.enable,
        isEmpty: parts.isEmpty,
      },
      ...parts.raftStores,
      transport,
      fsm: new CoupledFsm(
        this.#fsm,
        (height) => this.#whenStored(height),
        (height) => this.#onSnapshot(height),
      ),
      clock,
      random: systemRandom,
      sha256,
      crc32,
      logger,
      timing: {
        heartbeatTimeoutMs: raft.heartbeatTimeoutMs,
        electionTimeoutMs: raft.electionTimeoutMs,
        leaderLeaseTimeoutMs: raft.leaderLeaseTimeoutMs,
        sendTimeoutMs: raft.sendTimeoutMs,
      },
      snapshots: {
        thresholdEntries: raft.snapshotThreshold,
        trailingEntries: raft.trailingLogs,
        trailingBytes: raft.trailingLogBytes,
        intervalMs: raft.snapshotIntervalMs,
      },
    })
    logger.debug({ block_time_ms: node.blockTimeMs }, 'the node is put together')
  }

  /** Port of the HTTP surface; 0 before `run` opened it. */
  get rpcPort(): number {
    return this.#rpc?.port ?? 0
  }

  /**
   * Runs until `abort`, then hands leadership over and stops. Rejects when the node must stop by itself, after it has stopped.
   */
  async run(abort: AbortSignal): Promise<void> {
    const { logger } = this.#parts
    const failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject
    })
    const stopLogging = logRaftEvents(this.raft, logger)
    const stopWatching = this.raft.on((event) => {
      if (event.kind === 'failed') this.#fail(event.error)
      if (event.kind === 'waitingForCluster') this.#forming = event.reason
    })
    const both = AbortSignal.any([abort, this.#stopping.signal])
    let journal: TransactionJournal | undefined
    let work: Promise<void> = Promise.resolve()
    try {
      this.#metrics = await this.#openMetrics(() => journal)
      await this.raft.start()
      const start = { firstHeight: nextHeight(this.#fsm.state), startAnchor: this.#fsm.anchor() }
      journal = await this.#parts.openJournal(this.raft.identity?.bootCounter ?? 1)
      await this.#openRpc(journal)
      const catchUp = await this.#openCatchUp()
      work = this.#work({ ...start, journal, catchUp }, both)
      await Promise.race([failed, work])
    } catch (error) {
      if (!abort.aborted) throw error
    } finally {
      await this.#stop(work, journal)
      stopLogging()
      stopWatching()
    }
  }

  /** What a member of a cluster does, once there is one. */
  async #work(opened: Opened, abort: AbortSignal): Promise<void> {
    const { raft } = this
    const { config, store, executor, openSigning, clock, wallClockNs, logger } = this.#parts
    const clusterId = await clusterFounded(raft, abort)
    const signing = await openSigning(clusterId)
    this.#guard = signing?.guard
    const nodeId = config.raft.nodeId
    const { blockTimeMs } = config.node
    const service = new BlockService({
      nodeId,
      raft,
      fsm: this.#fsm,
      store,
      executor,
      ...opened,
      signing,
      blockTimeMs,
      clock,
      wallClockNs,
      logger,
    })
    this.#service = service
    this.#serving(service)
    try {
      await service.run(abort)
    } finally {
      await (signing ? signing.signer.close() : undefined)
    }
  }

  async #openCatchUp(): Promise<CatchUp> {
    const { config, genesis, store, nodeKeySeed, clock, metrics, logger } = this.#parts
    this.#catchUp = await CatchUp.open({
      chainId: genesis.chainId,
      initialHeight: genesis.initialHeight,
      store,
      seed: nodeKeySeed,
      listenAddress: config.p2p.listenAddress,
      peers: config.p2p.peers,
      clock,
      random: Math.random,
      unixTimeMs: Date.now,
      metrics: metrics?.catchUp,
      logger,
    })
    return this.#catchUp
  }

  #openMetrics(journal: () => TransactionJournal | undefined): Promise<MetricsServer | undefined> {
    const { config, store, metrics, logger } = this.#parts
    const service = (): BlockService | undefined => this.#service
    const parts = { raft: this.raft, fsm: this.#fsm, service, whyForming: () => this.#forming }
    const sources = { ...parts, store, journal, catchUp: () => this.#catchUp, isReady: () => !whyNotReady(parts) }
    return startMetrics({ metrics, sources, instrumentation: config.instrumentation, logger })
  }

  async #openRpc(journal: TransactionJournal): Promise<void> {
    const { config, genesis, store, executor, logger } = this.#parts
    const { host, port } = config.rpc.address
    const view = nodeView({
      nodeId: config.raft.nodeId,
      chainId: genesis.chainId,
      blockTimeMs: config.node.blockTimeMs,
      raft: this.raft,
      fsm: this.#fsm,
      store,
      executor,
      journal,
      service: () => this.#service,
      backfill: () => this.#catchUp?.progress(),
      whyForming: () => this.#forming,
    })
    try {
      const limits = { bodyBytes: 2 * 1024 * 1024, connections: 1024 }
      this.#rpc = await startRpcServer({ host, port, routes: routesOf(view, statusPage), limits, logger })
      logger.info({ port: this.#rpc.port }, 'the HTTP surface is open')
    } catch (cause) {
      throw new AggregatorError('PORT_IN_USE', `rpc.address ${host}:${port} cannot be listened on; use another`, {
        cause,
      })
    }
  }

  /** Graceful: leadership moves first, so that at most a slot is missed. */
  async #stop(work: Promise<void>, journal: TransactionJournal | undefined): Promise<void> {
    const { store, executor, logger } = this.#parts
    await this.#handOver()
    this.#stopping.abort(new Error('the node is stopping'))
    await Promise.allSettled([work])
    await this.#rpc?.close()
    await this.#catchUp?.close()
    await this.#metrics?.close()
    await this.raft.stop()
    await journal?.close()
    await executor.close()
    await store.close()
    logger.info({}, 'the node has stopped')
  }

  async #handOver(): Promise<void> {
    const { role, peers } = this.raft.status()
    if (role !== 'leader' || peers.length === 0) return
    try {
      const to = this.#service?.readyPeer()
      await this.raft.transferLeadership({ ...(to !== undefined && { to }), signal: AbortSignal.timeout(handOverMs) })
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'nobody took over; an election will')
    }
  }

  /** The guard's records below every kept snapshot are needed by nobody, once this node has signed that far. */
  #onSnapshot(height: Height): void {
    const oldest = this.#keptSnapshots.add(height)
    if (oldest === undefined) return
    const below = Math.min(oldest, this.#parts.store.status().sealed)
    this.#guard?.forgetBelow(below, this.#stopping.signal).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#fail(error)
    })
  }

  /** Resolves once the blocks that the log brought through `height` are durable in the store. */
  async #whenStored(height: Height): Promise<void> {
    // Raft may take a snapshot of what it applied at the start before there is anything that stores.
    const { pipeline } = await this.#whenServing
    if (pipeline.nextToStore > height) return
    await new Promise<void>((resolve) => {
      const stop = pipeline.onProgress(() => {
        if (pipeline.nextToStore <= height) return
        stop()
        resolve()
      })
    })
  }
}
