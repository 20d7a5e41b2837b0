import {
  type Anchor,
  type CommittedHeader,
  equalBytes,
  type Hash,
  hasCode,
  type Height,
  loadBlock,
  loadHeader,
  operatorAnchor,
  toHex,
  type VerifyBatch,
} from 'block-fsm'
import { CatchupError, toError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Conviction, HistoryPeers } from '../ports/history-peers.ts'
import type { HistoryStore } from '../ports/history-store.ts'
import { type Logger, silentLogger } from '../ports/logger.ts'
import { type BackfillLimits, defaultBackfillLimits } from './backfill-limits.ts'
import { DataTask } from './data-task.ts'
import { HeaderTask } from './header-task.ts'
import { PeerBook } from './peer-book.ts'
import { isSameWork, nextStep, type Step, targetOf } from './plan.ts'
import { type BackfillProgress, idleProgress, progressOf } from './progress.ts'
import { RangeFetch } from './range-fetch.ts'
import type { RangeTask } from './range-task.ts'
import { RateMeter } from './rate-meter.ts'
import { SignatureTask } from './signature-task.ts'
import { SizeGuess } from './size-guess.ts'
import { verifyStored } from './verify-stored.ts'
import { Wakeable } from './wakeable.ts'

export interface BackfillOptions {
  readonly store: HistoryStore
  readonly peers: HistoryPeers
  readonly clock: Clock
  /** In [0, 1); spreads retries. */
  readonly random: () => number
  /** Unix time in milliseconds, for evidence. */
  readonly unixTimeMs: () => number
  /** Height of the chain's first block, whose data follows none. */
  readonly initialHeight: Height
  /**
   * `dataHash` of the block below the store's earliest height, when history does not begin at the first block. Without it such
   * a gap is `UNKNOWN_DATA_HASH`.
   */
  readonly lastDataHash?: Hash
  /**
   * Verifies signatures that peers gave, for example `verifyHere` or in workers; then history below the anchors is sealed with
   * them. Absent when this node signs those blocks itself, or does not serve them.
   */
  readonly verifyBatch?: VerifyBatch
  readonly logger?: Logger
  readonly limits?: Partial<BackfillLimits>
  /** Called after a peer was convicted and banned. */
  readonly onConviction?: (conviction: Conviction) => void
}

/**
 * Fills the store below trusted anchors from peers that nobody trusts: headers downwards along their hashes, bodies upwards
 * against those headers, signatures last.
 *
 * All of its memory is in the store: the intervals that are written with each batch, and the anchors. So a kill costs what was
 * on its way, at most one window. It holds a bounded number of bytes however large the gap is.
 */
export class Backfill {
  readonly #options: BackfillOptions
  readonly #limits: BackfillLimits
  readonly #logger: Logger
  readonly #book: PeerBook
  readonly #sizes = new SizeGuess()
  readonly #wakeable: Wakeable
  readonly #anchors = new Map<Height, Anchor>()
  /** The step whose range is being fetched, and what stops that alone. */
  #fetching: { readonly step: Step; readonly interrupt: AbortController } | undefined
  #work: { readonly step: Step; readonly meter: RateMeter } | undefined
  /** Where the gap began. */
  #from: Height | undefined
  #stalled: string | undefined
  #isRunning = false
  #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []

  constructor(options: BackfillOptions) {
    const { clock, random } = options
    this.#options = options
    this.#limits = { ...defaultBackfillLimits, ...options.limits }
    this.#logger = options.logger ?? silentLogger
    this.#book = new PeerBook({ clock, random, limits: this.#limits })
    this.#wakeable = new Wakeable(clock)
  }

  /**
   * Remembers an anchor, durably, beside those that are known, and goes on from there. Another hash at an anchored or stored
   * height is `FORK`.
   */
  async addAnchor(anchor: Anchor, signal?: AbortSignal): Promise<void> {
    const { store } = this.#options
    const stored = await store.get(anchor.height, signal)
    if (stored && !equalBytes(stored.hash, anchor.hash)) {
      throw forkError(`block ${anchor.height} is stored as ${toHex(stored.hash)} and anchored as ${toHex(anchor.hash)}`)
    }
    try {
      await store.putAnchor(anchor, signal)
    } catch (thrown) {
      throw forkOr(thrown)
    }
    this.#anchors.set(anchor.height, anchor)
    this.wake()
  }

  /** Looks again at what the store has, after somebody else changed it; leaves work that is not needed any more. */
  wake(): void {
    this.#wakeable.wake()
    if (this.#fetching && !isSameWork(this.#fetching.step, this.#nextStep())) {
      this.#fetching.interrupt.abort(new CatchupError('STORE_CHANGED', 'something else is to be done now'))
    }
  }

  progress(): BackfillProgress {
    if (!this.#work) return idleProgress
    const { step, meter } = this.#work
    const status = this.#options.store.status()
    const to = step.kind === 'signatures' ? step.to : targetOf(status, this.#heights())
    return progressOf({
      status,
      phase: step.kind,
      from: this.#from ?? step.from,
      to,
      perSecond: meter.perSecond(),
      stalled: this.#stalled,
    })
  }

  /**
   * Works until the signal is aborted, then resolves; nothing touches the store afterwards. Rejects with this node's own trouble:
   * `FORK` when the store and the anchored chain differ (nothing was overwritten), `DATA_CHAIN_BROKEN`, `UNKNOWN_DATA_HASH`,
   * `STORE_CHANGED` (run it again), or what the store rejected with.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#isRunning) throw new CatchupError('INVALID_OPTIONS', 'this backfill is running already')
    this.#isRunning = true
    try {
      for (const { height, hash } of await this.#options.store.anchors(signal)) {
        if (!this.#anchors.has(height)) this.#anchors.set(height, operatorAnchor(height, hash))
      }
      while (!signal.aborted) await this.#turn(signal)
    } catch (thrown) {
      if (signal.aborted) return
      const error = forkOr(thrown)
      for (const waiter of this.#waiting) waiter.reject(error)
      throw error
    } finally {
      this.#isRunning = false
      this.#work = undefined
    }
  }

  /** Resolves when nothing is missing below the anchors; rejects as `run` does, or with the signal's reason. */
  idle(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const stop = (): void => waiter.reject(toError(signal.reason))
      const settle = (act: () => void): void => {
        signal.removeEventListener('abort', stop)
        this.#waiting = this.#waiting.filter((other) => other !== waiter)
        act()
      }
      const waiter = {
        resolve: () => settle(resolve),
        reject: (error: Error) => settle(() => reject(error)),
      }
      signal.addEventListener('abort', stop, { once: true })
      this.#waiting.push(waiter)
      this.wake()
    })
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const step = this.#nextStep()
    if (!step) {
      this.#rest()
      return this.#wakeable.sleep(undefined, signal)
    }
    if (this.#work?.step.kind !== step.kind) {
      this.#logger.info({ ...step }, 'backfill begins a step')
      this.#work = { step, meter: new RateMeter(this.#options.clock) }
    }
    this.#from ??= step.from
    if (step.kind === 'signatures') await this.#seal(step, signal)
    else await this.#fetch(step, await this.#taskOf(step), signal)
  }

  #nextStep(): Step | undefined {
    const { store, verifyBatch } = this.#options
    return nextStep(store.status(), this.#heights(), verifyBatch !== undefined)
  }

  #rest(): void {
    if (this.#work) this.#logger.info({ contiguous: this.#options.store.status().contiguous }, 'backfill is complete')
    this.#work = undefined
    this.#from = undefined
    this.#stalled = undefined
    for (const waiter of this.#waiting) waiter.resolve()
  }

  async #fetch(step: Step, task: RangeTask, signal: AbortSignal): Promise<void> {
    const { peers, clock } = this.#options
    const fetch = new RangeFetch(task, {
      peers,
      book: this.#book,
      sizes: this.#sizes,
      clock,
      limits: this.#limits,
      logger: this.#logger,
      onStored: (count) => this.#work?.meter.add(count),
      onStall: (reason) => this.#noteStall(reason),
      onConviction: (conviction) => this.#convict(conviction),
    })
    const interrupt = new AbortController()
    this.#fetching = { step, interrupt }
    try {
      await fetch.run(AbortSignal.any([signal, interrupt.signal]))
    } catch (error) {
      if (signal.aborted || error !== interrupt.signal.reason) throw error
    } finally {
      this.#fetching = undefined
      this.#stalled = undefined
    }
  }

  async #taskOf(step: Exclude<Step, { kind: 'signatures' }>): Promise<RangeTask> {
    const { store, unixTimeMs } = this.#options
    const { from, to } = step
    if (step.kind === 'data') return new DataTask({ store, from, to, lastDataHash: await this.#dataHashBelow(from) })
    const top = step.top === 'anchor' ? this.#anchors.get(to)! : await this.#storedHeader(to + 1)
    return new HeaderTask({ store, from, to, top, unixTimeMs })
  }

  /** Verifies what is there already, and asks only for what is missing or wrong. */
  async #seal(step: Step, signal: AbortSignal): Promise<void> {
    const { store, verifyBatch } = this.#options
    if (!verifyBatch) return
    const { count, missing } = await verifyStored(store, step, verifyBatch, signal)
    if (missing) await this.#fetch(step, new SignatureTask({ store, ...missing, verifyBatch }), signal)
    else this.#work?.meter.add(count)
  }

  async #dataHashBelow(from: Height): Promise<Hash> {
    const { store, initialHeight, lastDataHash } = this.#options
    if (from === initialHeight) return new Uint8Array(0)
    const below = await loadBlock(store, from - 1)
    if (below) return below.dataHash
    if (lastDataHash && from === store.status().earliest) return lastDataHash
    throw new CatchupError(
      'UNKNOWN_DATA_HASH',
      `block ${from - 1} is not stored, so what data ${from} follows is unknown`,
    )
  }

  async #storedHeader(height: Height): Promise<CommittedHeader> {
    const header = await loadHeader(this.#options.store, height)
    if (header) return header
    throw new CatchupError('STORE_CHANGED', `header ${height} is not stored any more; run the backfill again`)
  }

  #heights(): readonly Height[] {
    return [...this.#anchors.keys()].sort((a, b) => a - b)
  }

  #noteStall(reason: string | undefined): void {
    if (reason !== undefined && reason !== this.#stalled) this.#logger.warn({ reason }, 'backfill cannot go on')
    this.#stalled = reason
  }

  #convict(conviction: Conviction): void {
    const { peer, kind, height, reason } = conviction
    this.#logger.warn({ peer, kind, height, reason }, 'a peer gave wrong history and is banned')
    this.#options.peers.convict(conviction)
    this.#options.onConviction?.(conviction)
  }
}

/** A conflict in the store is a fork; everything else is what it is. */
function forkOr(thrown: unknown): Error {
  return hasCode(thrown, 'CONFLICT') ? forkError(toError(thrown).message, thrown) : toError(thrown)
}

function forkError(what: string, cause?: unknown): CatchupError {
  const message = `the local store and the anchored chain differ: ${what}; look at both before anything is removed`
  return new CatchupError('FORK', message, { cause })
}
