import {
  type Anchor,
  type BlockFsm,
  type BlockSigner,
  type BlockStore,
  type DoubleSignGuard,
  type Executor,
  type Height,
  hasCode,
  nextHeight,
} from 'block-fsm'
import type { Clock } from 'raft-core'
import type { Logger } from '../observe/logger.ts'
import { ExecuteStep } from './execute.ts'
import { Signal } from './signal.ts'
import { SignStep } from './sign.ts'
import { sleepUntil } from './sleep.ts'
import { StoreStep } from './store.ts'

/** An executor that failed is asked again after this. */
const executorPauseMs = 500

export interface PipelineOptions {
  readonly fsm: BlockFsm
  readonly store: BlockStore
  readonly executor: Executor
  /** Undefined on a member without the proposer's key: it stores and executes, and cannot lead. */
  readonly guard: DoubleSignGuard | undefined
  readonly signer: BlockSigner | undefined
  /** Height after the state machine's tip before the log brought anything, and that tip if there was one. */
  readonly firstHeight: Height
  readonly startAnchor: Anchor | undefined
  /** Remembers a block below which history is to be fetched. */
  readonly rememberAnchor: (anchor: Anchor, abort: AbortSignal) => Promise<void>
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * What every member does with committed blocks, whatever its role: store, execute, sign. Redone after a crash from where the
 * store stands, never remembered.
 */
export class BlockPipeline {
  readonly #options: PipelineOptions
  readonly #storing: StoreStep
  readonly #executing: ExecuteStep
  readonly #signing: SignStep
  readonly #wake = new Signal()
  readonly #listeners = new Set<() => void>()
  #problem: string | undefined

  constructor(options: PipelineOptions) {
    const { store, executor, signer } = options
    this.#options = options
    this.#storing = new StoreStep(options)
    this.#executing = new ExecuteStep(store, executor)
    this.#signing = new SignStep(store, signer)
  }

  /** Why blocks are not executed now; undefined when they are. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Height of the next block from the log that is not durable in the store yet. */
  get nextToStore(): number {
    return this.#storing.next
  }

  /** Committed blocks that are not executed and sealed yet; 0 when this node stands at the tip. */
  get lag(): number {
    const { executed, sealed } = this.#options.store.status()
    return nextHeight(this.#options.fsm.state) - 1 - Math.min(executed, sealed)
  }

  /** Calls the listener whenever a step was taken, until the returned function is called. */
  onProgress(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** History arrived in the store from elsewhere. */
  wake(): void {
    this.#wake.raise()
  }

  /** Works until aborted. Rejects when going on would be unsafe: a failed write, a conflict, a second hash to sign. */
  async run(abort: AbortSignal): Promise<void> {
    const unwatch = this.#options.fsm.watch((change) => {
      if (change.kind === 'restored') this.#storing.onRestored(change.anchor)
      this.#wake.raise()
    })
    try {
      await this.#storing.begin(abort)
      while (!abort.aborted) {
        const hasStored = await this.#storing.advance(abort)
        const hasExecuted = await this.#execute(abort)
        const hasSigned = await this.#signing.advance(abort)
        if (hasStored || hasExecuted || hasSigned) for (const listener of this.#listeners) listener()
        else await this.#wake.wait(abort)
      }
    } catch (error) {
      if (!abort.aborted) throw error
    } finally {
      unwatch()
    }
  }

  /** An executor that cannot go on makes this node unready; it still stores and votes. */
  async #execute(abort: AbortSignal): Promise<boolean> {
    try {
      const hasExecuted = await this.#executing.advance(abort)
      if (hasExecuted) this.#problem = undefined
      return hasExecuted
    } catch (error) {
      const isUnready = hasCode(error, 'EXECUTOR_FAILED') || hasCode(error, 'STATE_MISMATCH') || isRootDifference(error)
      if (!isUnready || !(error instanceof Error)) throw error
      if (this.#problem === undefined) this.#options.logger.error({ err: error }, 'blocks are not executed')
      this.#problem = error.message
      for (const listener of this.#listeners) listener()
      const { clock } = this.#options
      sleepUntil(clock, clock.now() + executorPauseMs, abort).then(
        () => this.#wake.raise(),
        () => {
          // The pause ended with the pipeline.
        },
      )
      return false
    }
  }
}

function isRootDifference(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ROOT_DIFFERS'
}
