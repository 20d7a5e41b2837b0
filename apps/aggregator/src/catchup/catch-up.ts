import type { Anchor, BlockStore, Height } from 'block-fsm'
import {
  Backfill,
  type BackfillProgress,
  CatchupError,
  createHost,
  type Host,
  type HistoryServer,
  libp2pPeers,
  type Libp2pPeers,
  serveHistory,
  verifyHere,
} from 'p2p-catchup'
import type { Clock } from 'raft-core'
import { AggregatorError } from '../errors.ts'
import type { CatchUpMetrics } from '../observe/metrics/catch-up-metrics.ts'
import type { Logger } from '../observe/logger.ts'
import { watchedHistory } from './watched-history.ts'

export interface CatchUpOptions {
  readonly chainId: string
  readonly initialHeight: Height
  readonly store: BlockStore
  /** 32 bytes: this node's libp2p identity. */
  readonly seed: Uint8Array
  /** Multiaddr. */
  readonly listenAddress: string
  /** Multiaddrs with `/p2p/<peer id>`. */
  readonly peers: readonly string[]
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** Unix time in milliseconds. */
  readonly unixTimeMs: () => number
  /** Undefined when nothing is counted. */
  readonly metrics: CatchUpMetrics | undefined
  readonly logger: Logger
}

/** This node among the p2p peers: serves the history that it has, and fetches what a snapshot skipped. */
export class CatchUp {
  readonly #host: Host
  readonly #server: HistoryServer
  readonly #peers: Libp2pPeers
  readonly #backfill: Backfill
  readonly #listeners = new Set<() => void>()

  private constructor(options: CatchUpOptions, host: Host, server: HistoryServer, peers: Libp2pPeers) {
    const { store, clock, random, unixTimeMs, initialHeight, metrics, logger } = options
    this.#host = host
    this.#server = server
    this.#peers = peers
    const onWritten = (): void => {
      for (const listener of this.#listeners) listener()
    }
    this.#backfill = new Backfill({
      store: watchedHistory(store, { onWritten, metrics }),
      peers,
      clock,
      random,
      unixTimeMs,
      initialHeight,
      verifyBatch: verifyHere,
      onConviction: ({ kind }) => metrics?.convicted(kind),
      logger,
    })
  }

  /** Listens, dials the configured peers and serves. `PORT_IN_USE` when it cannot listen. */
  static async open(options: CatchUpOptions): Promise<CatchUp> {
    const { chainId, store, clock, metrics, logger } = options
    const host = await createHost(options).catch((cause: unknown) => {
      if (!CatchupError.is(cause, 'HOST_FAILED')) throw cause
      throw new AggregatorError(
        'PORT_IN_USE',
        `p2p.listen_address ${options.listenAddress} cannot be listened on; use another`,
        { cause },
      )
    })
    try {
      const peers = await libp2pPeers({ host, chainId, clock })
      const server = await serveHistory({ host, chainId, store, clock, logger, ...(metrics && { metrics }) })
      logger.info({ peer_id: host.peerId, addresses: host.addresses() }, 'history is served')
      return new CatchUp(options, host, server, peers)
    } catch (error) {
      await host.stop()
      throw error
    }
  }

  /** Remembers, durably, a block that consensus vouches for; history below it is then fetched. `FORK` when another is stored there. */
  addAnchor(anchor: Anchor, signal: AbortSignal): Promise<void> {
    return this.#backfill.addAnchor(anchor, signal)
  }

  /** Something else filled or cut the store. */
  wake(): void {
    this.#backfill.wake()
  }

  /** Calls the listener whenever fetched blocks or signatures became durable, until the returned function is called. */
  onWritten(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Peers that are connected now. */
  get connected(): number {
    return this.#host.connected().length
  }

  progress(): BackfillProgress {
    return this.#backfill.progress()
  }

  /** Fetches until aborted. Rejects when a person has to look: a fork, a broken chain, a disk that failed. */
  async run(abort: AbortSignal): Promise<void> {
    while (!abort.aborted) {
      try {
        await this.#backfill.run(abort)
      } catch (error) {
        // What it worked on was taken out of the store: it looks again.
        if (!CatchupError.is(error, 'STORE_CHANGED')) throw error
      }
    }
  }

  /** Ends serving and leaves the peers. */
  async close(): Promise<void> {
    this.#peers.close()
    await this.#server.close()
    await this.#host.stop()
  }
}
