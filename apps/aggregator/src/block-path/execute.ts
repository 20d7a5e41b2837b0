import {
  type BlockStore,
  type CommittedBlock,
  equalBytes,
  type ExecutedBlock,
  type Executor,
  executeBlock,
  loadBlock,
  toHex,
} from 'block-fsm'
import { AggregatorError } from '../errors.ts'

/** Blocks whose results are written with one call. */
const batchBlocks = 64

/** Step 5: executes the contiguous prefix of committed blocks, each on the root that its header names. */
export class ExecuteStep {
  readonly #store: BlockStore
  readonly #executor: Executor

  constructor(store: BlockStore, executor: Executor) {
    this.#store = store
    this.#executor = executor
  }

  /** Executes what there is, a batch at most; true when it was anything. Rejects with `EXECUTOR_FAILED`, or `ROOT_DIFFERS`. */
  async advance(abort: AbortSignal): Promise<boolean> {
    const { height, stateRoot } = await this.#executor.getInfo(abort)
    const { executed, contiguous } = this.#store.status()
    // After a crash the executor may stand lower than the store, which then knows the results already, or one block higher.
    const from = Math.min(height, executed) + 1
    if (from > contiguous || (height > executed + 1 && height > contiguous)) return false
    let root = height > executed ? this.#store.status().executedRoot : stateRoot
    const done: ExecutedBlock[] = []
    for (let next = from; next <= contiguous && done.length < batchBlocks; next++) {
      const block = await loadBlock(this.#store, next, abort)
      if (block === undefined) break
      requireRoot(block, root)
      const executedBlock = await executeBlock(this.#executor, block, root, abort)
      root = executedBlock.result.stateRoot
      if (next > executed) done.push(executedBlock)
    }
    if (done.length > 0) await this.#store.putExecution(done, undefined, abort)
    return true
  }
}

/** A header names the root after its parent: a replica that has another one must not go on. */
function requireRoot(block: CommittedBlock, root: Uint8Array): void {
  if (equalBytes(block.header.appHash, root)) return
  throw new AggregatorError(
    'ROOT_DIFFERS',
    `block ${block.height} names the state root ${toHex(block.header.appHash)}, this node has ${toHex(root)}; it stops executing`,
  )
}
