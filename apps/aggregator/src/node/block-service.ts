import {
  type Anchor,
  type BlockFsm,
  type BlockSigner,
  type BlockStore,
  type DoubleSignGuard,
  type Executor,
  type Height,
  type TransactionJournal,
  type Verdict,
} from 'block-fsm'
import type { Clock, RaftNode } from 'raft-core'
import { describeBackfill } from '../catchup/backfill-document.ts'
import type { CatchUp } from '../catchup/catch-up.ts'
import { Leadership } from '../block-path/leadership.ts'
import { PeerReadiness } from '../block-path/peer-readiness.ts'
import { BlockPipeline } from '../block-path/pipeline.ts'
import { Producer } from '../block-path/producer.ts'
import { Collector } from '../intake/collector.ts'
import { type Ask, decodeAsk, decodeOffer, encodeAsk } from '../intake/frames.ts'
import { Offerer } from '../intake/offerer.ts'
import { Outcomes } from '../intake/outcomes.ts'
import type { Logger } from '../observe/logger.ts'

export interface BlockServiceOptions {
  readonly nodeId: string
  readonly raft: RaftNode<Verdict>
  readonly fsm: BlockFsm
  readonly store: BlockStore
  readonly executor: Executor
  readonly journal: TransactionJournal
  /** Undefined on a member without the proposer's key. */
  readonly signing: { readonly guard: DoubleSignGuard; readonly signer: BlockSigner } | undefined
  /** Height after the state machine's tip before the log brought anything: taken when Raft has just started. */
  readonly firstHeight: Height
  /** That tip; undefined before the first block. */
  readonly startAnchor: Anchor | undefined
  readonly catchUp: CatchUp
  readonly blockTimeMs: number
  readonly clock: Clock
  /** Unix nanoseconds. */
  readonly wallClockNs: () => bigint
  readonly logger: Logger
}

/** Everything that a member of a founded cluster does with blocks and transactions, as one thing to run and to stop. */
export class BlockService {
  readonly pipeline: BlockPipeline
  readonly leadership: Leadership
  readonly outcomes: Outcomes
  readonly #options: BlockServiceOptions
  readonly #collector: Collector
  readonly #offerer: Offerer
  readonly #peers: PeerReadiness

  constructor(options: BlockServiceOptions) {
    const {
      nodeId,
      raft,
      fsm,
      store,
      executor,
      journal,
      signing,
      firstHeight,
      startAnchor,
      catchUp,
      clock,
      logger,
      blockTimeMs,
      wallClockNs,
    } = options
    this.#options = options
    const ask = (memberId: string, what: Ask): void => {
      if (memberId === nodeId) this.#offerer.onAsk(what)
      else raft.sendFrame(memberId, 'ask', encodeAsk(what))
    }
    this.#collector = new Collector({ raft, fsm, ask, logger })
    const offerHere = (offer: Parameters<Collector['onOffer']>[1]): void => this.#collector.onOffer(nodeId, offer)
    this.#offerer = new Offerer({ nodeId, raft, fsm, journal, offerHere, clock })
    this.outcomes = new Outcomes({ nodeId, fsm, journal, firstHeight })
    const { guard, signer } = signing ?? {}
    this.pipeline = new BlockPipeline({
      fsm,
      store,
      executor,
      guard,
      signer,
      firstHeight,
      startAnchor,
      rememberAnchor: (anchor, abort) => catchUp.addAnchor(anchor, abort),
      clock,
      logger,
    })
    const runs = (): ReturnType<Collector['runs']> => this.#collector.runs()
    const producer = new Producer({
      raft,
      fsm,
      store,
      pipeline: this.pipeline,
      clock,
      wallClockNs,
      blockTimeMs,
      runs,
      logger,
    })
    const own = (): { isReady: boolean; lag: number } => ({
      isReady: this.leadership.whyNotReady === undefined,
      lag: Math.max(0, this.pipeline.lag),
    })
    this.#peers = new PeerReadiness({ raft, clock, own })
    this.leadership = new Leadership({
      raft,
      fsm,
      pipeline: this.pipeline,
      producer,
      canSign: signer !== undefined,
      fetching: () => describeBackfill(catchUp.progress()),
      readyPeer: () => this.#peers.readyPeer(),
      onReadiness: () => this.#peers.tell(),
      clock,
      blockTimeMs,
      logger,
    })
  }

  /** New transactions are in the journal. */
  onJournaled(): void {
    this.#offerer.wake()
  }

  /** A member that could lead now. */
  readyPeer(): string | undefined {
    return this.#peers.readyPeer()
  }

  /** Runs until aborted. Rejects when the node must stop; by then everything has ended. */
  async run(abort: AbortSignal): Promise<void> {
    const { raft, catchUp, logger } = this.#options
    const ended = new AbortController()
    const stop = raft.on((event) => {
      if (event.kind === 'roleChanged') this.#collector.clear()
      if (event.kind !== 'frame') return
      try {
        if (event.channel === 'offer') this.#collector.onOffer(event.from, decodeOffer(event.payload))
        if (event.channel === 'readiness') this.#peers.onFrame(event.from, event.payload)
        if (event.channel === 'ask') this.#offerer.onAsk(decodeAsk(event.payload))
      } catch (error) {
        logger.warn({ err: error, from: event.from }, 'a frame of a member cannot be read')
      }
    })
    const stops = [stop, catchUp.onWritten(() => this.pipeline.wake()), this.pipeline.onProgress(() => catchUp.wake())]
    const both = AbortSignal.any([abort, ended.signal])
    const parts = [this.pipeline, catchUp, this.leadership, this.#offerer, this.outcomes, this.#peers].map(
      async (part) => {
        try {
          await part.run(both)
        } finally {
          // One part that ends takes the others with it: half a node is worse than none.
          ended.abort(new Error('another part of the node ended'))
        }
      },
    )
    const results = await Promise.allSettled(parts)
    for (const end of stops) end()
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }
}
