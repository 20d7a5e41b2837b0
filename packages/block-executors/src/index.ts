/**
 * Executors of block transactions.
 *
 * ```ts
 * const executor = await openKvExecutor({ directory: 'data/executor', stateRoot: 'hashed' })
 * const { stateRoot } = await executor.initChain(genesis)
 * const { results } = await executor.executeBlock(committedBlock, stateRoot)
 * const value = await executor.readAt(key, height)
 * ```
 *
 * @packageDocumentation
 */
export { ExecutorError, type ExecutorErrorCode } from './errors.ts'
export { type KvExecutor, type KvExecutorOptions, openKvExecutor } from './kv/open-kv.ts'
