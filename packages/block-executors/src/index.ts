/**
 * Executors of block transactions.
 *
 * ```ts
 * const executor = await openKvExecutor({ directory: 'data/executor', stateRoot: 'hashed' })
 * const { stateRoot } = await executor.initChain(genesis)
 * const { results } = await executor.executeBlock(committedBlock, stateRoot)
 * ```
 *
 * @packageDocumentation
 */
export { ExecutorError, type ExecutorErrorCode } from './errors.ts'
export { type KvExecutorOptions, openKvExecutor } from './kv/kv-executor.ts'
