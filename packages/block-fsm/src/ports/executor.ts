import type { Block } from '../block/data.ts'
import type { Hash, Height, TimeNs } from '../block/header.ts'
import type { CommittedBlock } from '../stages/committed.ts'

/**
 * The application: turns committed blocks into state.
 *
 * **Total.** `executeBlock` gives every committed block a result. A transaction that is malformed or fails is a no-op with
 * `isOk: false`; it never makes the call reject. A rejection means that the executor itself cannot go on now
 * (`EXECUTOR_FAILED`): the node becomes unready and asks again. It is deterministic: the same blocks on the same state give
 * the same roots and results on every replica.
 *
 * **Ordering.** Calls that change state come one at a time, heights ascending by one. Reads may overlap them.
 *
 * **Durability.** A resolved `executeBlock` need not be durable; after a crash the executor may stand lower, and the caller
 * executes again from `getInfo().height + 1`. State never shows half a block, also after a crash.
 */
export interface Executor {
  /**
   * Prepares the state before the first block and gives its root, which is the first header's app hash. Called at every
   * start; on a chain that has begun it changes nothing and gives the same root.
   */
  initChain(genesis: ExecutorGenesis, signal?: AbortSignal): Promise<InitialState>

  /** The highest executed height, and the root after it. Before the first block: `initialHeight - 1` and the genesis root. */
  getInfo(signal?: AbortSignal): Promise<ExecutorInfo>

  /**
   * Executes the block one above `getInfo().height` on the state with root `previousRoot`. The height just executed may be
   * asked again with the same block and answers the same. Another height, or another root, is `STATE_MISMATCH` and changes
   * nothing.
   */
  executeBlock(block: CommittedBlock, previousRoot: Uint8Array, signal?: AbortSignal): Promise<ExecutionResult>

  /**
   * Transactions that the executor's own mempool offers, at most `limitBytes`; absent when it has none. They are
   * gone from it; the caller has put them into its journal when it asks again.
   */
  getTransactions?(limitBytes: number, signal?: AbortSignal): Promise<readonly Uint8Array[]>

  /** Says at intake why a transaction can never do anything; undefined when it may. Absent: everything may. */
  checkTransaction?(tx: Uint8Array, signal?: AbortSignal): Promise<string | undefined>

  /**
   * Says why a block that nobody decided on yet should not be proposed on the state with root `previousRoot`, or undefined
   * when it may; changes nothing. For validation before proposing; absent: every block may.
   */
  checkBlock?(block: Block, previousRoot: Uint8Array, signal?: AbortSignal): Promise<string | undefined>

  /** One key of the state after the last executed block, or undefined; absent when the state is not readable by key. */
  read?(key: Uint8Array, signal?: AbortSignal): Promise<Uint8Array | undefined>

  /** Tells that a block can never be undone. */
  setFinal?(height: Height, signal?: AbortSignal): Promise<void>

  /** The whole state after the last executed block, in chunks of at most 1 MiB; blocks executed meanwhile do not show. */
  exportState?(signal?: AbortSignal): Promise<ExportedState>

  /**
   * Replaces the whole state, atomically, and checks that its root is the given one, else `STATE_MISMATCH` and nothing
   * changed. For pruned chains: the next header's app hash is what proves the root.
   */
  importState?(state: ExportedState, signal?: AbortSignal): Promise<void>

  /** Makes what was executed durable and releases what it holds. */
  close(): Promise<void>
}

/** What every replica is given before the first block. */
export interface ExecutorGenesis {
  readonly chainId: string
  readonly initialHeight: Height
  readonly genesisTimeNs: TimeNs
}

export interface InitialState {
  readonly stateRoot: Uint8Array
  /** Largest sum of transaction bytes in a block, or undefined when the executor sets none. */
  readonly maxBytes?: number
}

export interface ExecutorInfo {
  readonly height: Height
  readonly stateRoot: Uint8Array
}

export interface ExecutionResult {
  /** State root after the block. */
  readonly stateRoot: Uint8Array
  /** One for each transaction, in order. */
  readonly results: readonly TransactionResult[]
}

/** What came of one transaction. */
export interface TransactionResult {
  /** False: it changed nothing. */
  readonly isOk: boolean
  /** Why not, for people; empty when ok. At most 1 KiB. */
  readonly log: string
}

/** A state on its way from one executor to another. */
export interface ExportedState {
  readonly height: Height
  readonly blockHash: Hash
  readonly stateRoot: Uint8Array
  readonly chunks: AsyncIterable<Uint8Array>
}
