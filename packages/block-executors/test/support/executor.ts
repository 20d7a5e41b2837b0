import type { CommittedBlock } from 'block-fsm'
import { type KvExecutor, type KvExecutorOptions, openKvExecutor } from 'block-executors'
import { closeLater, temporaryDirectory } from './temporary.ts'

export const genesis = { chainId: 'test', initialHeight: 1, genesisTimeNs: 0n }

export const modes = ['hashed', 'testapp'] as const

/** An executor that knows the genesis, closed after the test. */
export async function open(
  stateRoot: KvExecutorOptions['stateRoot'] = 'hashed',
  directory: string = temporaryDirectory(),
  change: Partial<KvExecutorOptions> = {},
): Promise<KvExecutor> {
  const executor = closeLater(await openKvExecutor({ directory, stateRoot, ...change }))
  await executor.initChain(genesis)
  return executor
}

/** Executes blocks and gives the last root, a byte a character. */
export async function run(executor: KvExecutor, ...blocks: readonly CommittedBlock[]): Promise<string> {
  let { stateRoot } = await executor.getInfo()
  for (const block of blocks) stateRoot = (await executor.executeBlock(block, stateRoot)).stateRoot
  return Buffer.from(stateRoot).toString('latin1')
}

export async function valueOf(executor: KvExecutor, key: string, height?: number): Promise<string | undefined> {
  const name = Buffer.from(key)
  const value = await (height === undefined ? executor.read(name) : executor.readAt(name, height))
  return value && Buffer.from(value).toString()
}
