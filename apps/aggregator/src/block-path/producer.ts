import {
  type BlockFsm,
  type BlockStore,
  buildCandidate,
  judge,
  selectTransactions,
  type Token,
  type TransactionRun,
  type Verdict,
} from 'block-fsm'
import type { Clock, RaftNode } from 'raft-core'
import { AggregatorError } from '../errors.ts'
import type { Logger } from '../observe/logger.ts'
import type { BlockPipeline } from './pipeline.ts'
import { Signal } from './signal.ts'
import { sleepUntil } from './sleep.ts'

export interface ProducerOptions {
  readonly raft: Pick<RaftNode<Verdict>, 'propose' | 'status'>
  readonly fsm: BlockFsm
  readonly store: BlockStore
  readonly pipeline: BlockPipeline
  readonly clock: Clock
  /** Unix nanoseconds. */
  readonly wallClockNs: () => bigint
  readonly blockTimeMs: number
  /** Undecided transactions, one run for each origin. */
  readonly runs: () => readonly TransactionRun[]
  readonly logger: Logger
}

/** Errors after which this leadership is over; another one starts afresh. */
const overCodes = new Set([
  'NOT_LEADER',
  'STALE_TERM',
  'TRANSFER_IN_PROGRESS',
  'SUPERSEDED',
  'UNKNOWN_OUTCOME',
  'STOPPED',
  'ABORTED',
])

/**
 * Builds and proposes block after block under one leadership: at most one undecided candidate at a time, each on the tip, and
 * nothing is proposed again.
 */
export class Producer {
  readonly #options: ProducerOptions
  readonly #ready = new Signal()

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  /**
   * Produces under `token` until aborted, or until the leadership turns out to be over. Rejects with `REJECTED_CANDIDATE` when a
   * candidate of this node was rejected, which is a bug: the node must hand over.
   */
  async run(token: Token, abort: AbortSignal): Promise<void> {
    const { clock, pipeline, blockTimeMs } = this.#options
    const stop = pipeline.onProgress(() => this.#ready.raise())
    try {
      let slot = clock.now() + this.#untilNextBlockMs()
      while (!abort.aborted) {
        await sleepUntil(clock, slot, abort)
        while (pipeline.lag > 0 || pipeline.problem !== undefined) await this.#ready.wait(abort)
        const began = clock.now()
        if (!(await this.#produce(token))) return
        slot = Math.max(slot + blockTimeMs, began)
      }
    } catch (error) {
      if (!abort.aborted) throw error
    } finally {
      stop()
    }
  }

  /** A new leader goes on in the rhythm of the chain: late slots are taken at once. */
  #untilNextBlockMs(): number {
    const { fsm, wallClockNs, blockTimeMs } = this.#options
    const { tip } = fsm.state
    if (tip === undefined) return 0
    const sinceTipMs = Number(wallClockNs() - tip.header.timeNs) / 1e6
    return Math.min(blockTimeMs, Math.max(0, blockTimeMs - sinceTipMs))
  }

  /** One block; false when the leadership is over. */
  async #produce(token: Token): Promise<boolean> {
    const { fsm, store, raft, wallClockNs, runs, logger } = this.#options
    const { state } = fsm
    if (state.opening?.term !== token.term || state.opening.index !== token.index) return false
    const appHash = store.status().executedRoot
    const selection = selectTransactions(state, runs(), { appHashBytes: appHash.length })
    const candidate = buildCandidate(state, { nowNs: wallClockNs(), appHash, selection })
    if (candidate.clampedByNs > 0n) {
      logger.warn(
        { height: candidate.height, behind_ns: String(candidate.clampedByNs) },
        'the clock is behind the chain',
      )
    }
    requireAccepted(judge(state, candidate.command, token.term, raft.status().lastIndex + 1), candidate.height)
    try {
      const { verdict } = await raft.propose(candidate.command, { term: token.term })
      requireAccepted(verdict, candidate.height)
      return true
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (typeof code === 'string' && overCodes.has(code)) return false
      if (code === 'OVERLOADED') return true
      throw error
    }
  }
}

function requireAccepted(verdict: Verdict, height: number): void {
  if (verdict.kind !== 'rejected') return
  const { reason, detail } = verdict
  throw new AggregatorError('REJECTED_CANDIDATE', `block ${height} of this node was rejected (${reason}): ${detail}`)
}
