import type { ExecutionResult, Executor } from '../ports/executor.ts'
import type { CommittedBlock } from './committed.ts'

/** A committed block, and what this node's executor made of it. Only {@link executeBlock} makes one. */
export class ExecutedBlock {
  readonly #isExecuted = true
  readonly block: CommittedBlock
  readonly result: ExecutionResult

  constructor(block: CommittedBlock, result: ExecutionResult) {
    this.block = block
    this.result = result
  }

  /** True when the value really is one, also for callers without types. */
  static is(value: unknown): value is ExecutedBlock {
    return typeof value === 'object' && value !== null && #isExecuted in value && value.#isExecuted
  }
}

/** Has a committed block executed on the state with root `previousRoot`. Rejects as {@link Executor.executeBlock} does. */
export async function executeBlock(
  executor: Executor,
  block: CommittedBlock,
  previousRoot: Uint8Array,
  signal?: AbortSignal,
): Promise<ExecutedBlock> {
  return new ExecutedBlock(block, await executor.executeBlock(block, previousRoot, signal))
}
