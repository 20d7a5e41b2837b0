import type { BlockFsm, Token, Verdict } from 'block-fsm'
import type { Clock, RaftNode } from 'raft-core'
import type { Logger } from '../observe/logger.ts'
import type { BlockPipeline } from './pipeline.ts'
import type { Producer } from './producer.ts'
import { sleepUntil } from './sleep.ts'

export interface LeadershipOptions {
  readonly raft: Pick<RaftNode<Verdict>, 'on' | 'status' | 'transferLeadership' | 'setReadiness'>
  readonly fsm: BlockFsm
  readonly pipeline: BlockPipeline
  readonly producer: Producer
  /** What is said of history that is being fetched; undefined when none is. */
  readonly fetching: () => string | undefined
  /** False on a member without the proposer's key: it hands leadership over at once. */
  readonly canSign: boolean
  /** A member that could lead now. */
  readonly readyPeer: () => string | undefined
  /** This member's readiness may have changed. */
  readonly onReadiness: () => void
  readonly clock: Clock
  readonly blockTimeMs: number
  readonly logger: Logger
}

/** A leader that is not ready after this many block times hands over, but not before the minimum. */
const patienceBlocks = 3
const patienceMinMs = 2000

/** After handing over unready, this long before another try; doubles each time up to the maximum. */
const coolDownMs = 1000
const coolDownMaxMs = 30_000

/** Leads when Raft says so and this node is ready, follows otherwise, in one process and for ever. */
export class Leadership {
  readonly #options: LeadershipOptions
  #producing: { readonly token: Token; readonly stop: AbortController } | undefined
  #waitMs = coolDownMs
  #cancelHandOver: (() => void) | undefined
  #isHandingOver = false

  constructor(options: LeadershipOptions) {
    this.#options = options
  }

  get isProducing(): boolean {
    return this.#producing !== undefined
  }

  /** Undefined when this node could produce now if it led. */
  get whyNotReady(): string | undefined {
    const { pipeline, canSign, fetching } = this.#options
    if (!canSign) return "this member does not hold the proposer's key"
    if (pipeline.problem !== undefined) return pipeline.problem
    if (pipeline.lag <= 0) return undefined
    const why = fetching()
    return `${pipeline.lag} committed blocks are not executed yet${why === undefined ? '' : `: ${why}`}`
  }

  /** Follows roles until aborted. Rejects with what the producer cannot live with. */
  async run(abort: AbortSignal): Promise<void> {
    const { raft, fsm, pipeline } = this.#options
    let fail: (error: unknown) => void = () => {}
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject
    })
    const look = (): void => this.#look(abort, fail)
    const stops = [fsm.watch(look), pipeline.onProgress(look), raft.on(({ kind }) => kind === 'roleChanged' && look())]
    look()
    try {
      await Promise.race([failed, aborted(abort)])
    } finally {
      for (const stop of stops) stop()
      this.#stopProducing()
      this.#cancelHandOver?.()
    }
  }

  #look(abort: AbortSignal, fail: (error: unknown) => void): void {
    if (abort.aborted) return
    const { raft, pipeline } = this.#options
    const isReady = this.whyNotReady === undefined
    raft.setReadiness({ isReady, lag: Math.max(0, pipeline.lag) })
    this.#options.onReadiness()
    const token = this.#currentToken()
    if (this.#producing && this.#producing.token.term !== token?.term) this.#stopProducing()
    if (isReady || raft.status().role !== 'leader') this.#cancelHandOver?.()
    else this.#handOverLater(abort, fail)
    if (token && isReady && this.#producing === undefined) this.#startProducing(token, abort, fail)
  }

  /** The opening of this node's own leadership, once it is applied here. */
  #currentToken(): Token | undefined {
    const { raft, fsm } = this.#options
    const { role, term } = raft.status()
    return role === 'leader' && fsm.state.opening?.term === term ? fsm.state.opening : undefined
  }

  #startProducing(token: Token, abort: AbortSignal, fail: (error: unknown) => void): void {
    const { producer, logger } = this.#options
    const stop = new AbortController()
    const producing = { token, stop }
    this.#producing = producing
    this.#cancelHandOver?.()
    this.#waitMs = coolDownMs
    logger.info({ term: token.term }, 'this node produces blocks')
    producer.run(token, AbortSignal.any([stop.signal, abort])).then(
      () => this.#onProducerEnded(producing),
      (error: unknown) => {
        this.#onProducerEnded(producing)
        fail(error)
      },
    )
  }

  #onProducerEnded(producing: object): void {
    if (this.#producing === producing) this.#producing = undefined
  }

  #stopProducing(): void {
    this.#producing?.stop.abort(new Error('this leadership is over'))
    this.#producing = undefined
  }

  /** A leader that cannot produce makes room for one that can. */
  #handOverLater(abort: AbortSignal, fail: (error: unknown) => void): void {
    if (this.#isHandingOver) return
    const { clock, blockTimeMs, canSign } = this.#options
    this.#isHandingOver = true
    const waiting = new AbortController()
    const patience = canSign ? Math.max(patienceMinMs, patienceBlocks * blockTimeMs) : 0
    this.#cancelHandOver = () => waiting.abort(new Error('no longer needed'))
    this.#handOver(clock.now() + patience, AbortSignal.any([abort, waiting.signal])).then(
      () => {
        this.#isHandingOver = false
      },
      (error: unknown) => {
        this.#isHandingOver = false
        if (!abort.aborted && !waiting.signal.aborted) fail(error)
      },
    )
  }

  async #handOver(at: number, abort: AbortSignal): Promise<void> {
    const { raft, clock, logger } = this.#options
    await sleepUntil(clock, at, abort)
    const reason = this.whyNotReady
    if (raft.status().role !== 'leader' || reason === undefined) return
    const to = this.#options.readyPeer()
    logger.warn(
      { reason, to },
      to ? 'this leader is not ready and hands over' : 'this leader is not ready, and nobody else is',
    )
    try {
      if (to !== undefined) await raft.transferLeadership({ to })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      logger.warn({ err: error }, 'nobody took over')
    }
    await sleepUntil(clock, clock.now() + this.#waitMs, abort)
    this.#waitMs = Math.min(this.#waitMs * 2, coolDownMaxMs)
  }
}

function aborted(abort: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (abort.aborted) return resolve()
    abort.addEventListener('abort', () => resolve(), { once: true })
  })
}
