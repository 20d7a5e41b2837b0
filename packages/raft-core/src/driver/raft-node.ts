import type { Configuration } from '../configuration.ts'
import { RaftError } from '../errors.ts'
import type { Identity } from '../founding.ts'
import type { AbortSignalLike } from '../ports/abort-signal.ts'
import type { DoneWith } from '../ports/completion.ts'
import type { Readiness } from '../step/state.ts'
import type { LogIndex, ServerId, Term } from '../types.ts'
import type { NodeEvent } from './events.ts'
import type { RaftOptions } from './options.ts'
import type { Applied } from './pending-requests.ts'
import { RaftDriver } from './raft-driver.ts'
import type { RaftStatus } from './status.ts'

/** Stops waiting; what was asked for may still happen. */
export interface Waiting {
  readonly signal?: AbortSignalLike
}

export interface ProposeOptions extends Waiting {
  /** Refuse with `STALE_TERM` unless the node leads this term. */
  readonly term?: Term
}

/** A proposal that was committed and applied. */
export interface Committed<Verdict> {
  readonly index: LogIndex
  readonly term: Term
  /** What the state machine answered. A rejection by it is an answer, not an error: look at it. */
  readonly verdict: Verdict
}

/** A Raft node. Every method that waits takes an `AbortSignal`; every error is a `RaftError` with a code. */
export class RaftNode<Verdict> {
  readonly #driver: RaftDriver<Verdict>

  /** Throws `INVALID_OPTIONS`, naming every fault. */
  constructor(options: RaftOptions<Verdict>) {
    this.#driver = new RaftDriver(options)
  }

  /** Opens stores and transport. Resolves before there is a cluster or a leader: listen to events, or ask `status`. */
  start(): Promise<void> {
    return settled((done) => this.#driver.start(done))
  }

  /**
   * Proposes an entry and resolves with the state machine's verdict.
   *
   * Rejects with `NOT_LEADER`, `STALE_TERM`, `TRANSFER_IN_PROGRESS`, `OVERLOADED` or `ENTRY_TOO_LARGE` when nothing was done,
   * with `SUPERSEDED` when the entry can never be committed, and with `UNKNOWN_OUTCOME` when the node stopped or a snapshot
   * came before it was decided. After losing leadership it keeps waiting for the decision; an abort then is `ABORTED`, and
   * the outcome unknown.
   */
  propose(payload: Uint8Array, options: ProposeOptions = {}): Promise<Committed<Verdict>> {
    return settled<Committed<Verdict>>(
      (done) => this.#driver.propose(payload, options, done as DoneWith<Applied<Verdict>>),
      options.signal,
    )
  }

  /** Resolves once everything committed before is applied here. Leader only. */
  async barrier(options: Waiting = {}): Promise<void> {
    await settled<Applied<Verdict>>((done) => this.#driver.barrier(done), options.signal)
  }

  /** Resolves if, after this call, a majority of voters still followed this node. */
  verifyLeader(options: Waiting = {}): Promise<void> {
    return settled((done) => this.#driver.verifyLeader(done), options.signal)
  }

  /** Hands leadership to `to`, or to the voter that is furthest; resolves once this node follows. */
  transferLeadership(options: Waiting & { readonly to?: ServerId } = {}): Promise<void> {
    return settled((done) => this.#driver.transferLeadership(options.to, done), options.signal)
  }

  /**
   * Replaces the configuration, by way of a joint one where more than one voter changes; resolves once the new one is committed.
   *
   * Rejects with `NOT_LEADER`, `CONFIGURATION_IN_PROGRESS`, `CONFIGURATION_CHANGED` when it is not the one at `expectedIndex`,
   * `CONFIGURATION_INVALID` or `TRANSFER_IN_PROGRESS` when nothing was done, and as `propose` afterwards. A change that lost its
   * leader in the joint phase is `UNKNOWN_OUTCOME`: the next leader finishes it, or never had it.
   */
  async changeConfiguration(
    configuration: Configuration,
    options: Waiting & { readonly expectedIndex?: LogIndex } = {},
  ): Promise<{ readonly index: LogIndex }> {
    const applied = await settled<Applied<Verdict>>(
      (done) => this.#driver.changeConfiguration(configuration, options.expectedIndex, done),
      options.signal,
    )
    return { index: applied.index }
  }

  /** Takes a snapshot now, if anything was applied since the last one. */
  takeSnapshot(options: Waiting = {}): Promise<void> {
    return settled((done) => this.#driver.takeSnapshot(done), options.signal)
  }

  /** Says whether the application could lead now, and if not how far behind it is. */
  setReadiness(readiness: Readiness): void {
    this.#driver.setReadiness(readiness)
  }

  /** The log may be cut through `index` at most. */
  setCompactionLimit(index: LogIndex): void {
    this.#driver.setCompactionLimit(index)
  }

  /** Sends bytes to another member's application; at most once, reported there as a `frame` event. */
  sendFrame(to: ServerId, channel: string, payload: Uint8Array): void {
    this.#driver.sendFrame(to, channel, payload)
  }

  status(): RaftStatus {
    return this.#driver.status()
  }

  /** This directory's identity; undefined before `start` resolved. */
  get identity(): Identity | undefined {
    return this.#driver.identity
  }

  /** Calls `listener` for every event until the returned function is called. It must not throw. */
  on(listener: (event: NodeEvent) => void): () => void {
    return this.#driver.on(listener)
  }

  /** Ends the node; hand leadership over first where that matters. */
  stop(): Promise<void> {
    return settled((done) => this.#driver.stop(done))
  }
}

function settled<Result = void>(begin: (done: DoneWith<Result>) => void, signal?: AbortSignalLike): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal))
    const onAbort = (): void => reject(aborted(signal))
    signal?.addEventListener('abort', onAbort, { once: true })
    begin((error, result) => {
      signal?.removeEventListener('abort', onAbort)
      if (error) reject(error)
      else resolve(result as Result)
    })
  })
}

function aborted(signal: AbortSignalLike | undefined): RaftError {
  return new RaftError('ABORTED', 'the caller stopped waiting; what it asked for may still happen', {
    cause: signal?.reason,
  })
}
