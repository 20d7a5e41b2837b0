import { equalBytes, type Height, toHex } from 'block-fsm'
import { type Database, type DatabaseOptions, openDatabase } from '../disk/open-database.ts'
import { BlockStoreError } from '../errors.ts'
import { type LevelBlockStore, StoreOverLevel } from './level-block-store.ts'
import { damaged, decodeRow, decodeStateRow, stateKey } from './rows.ts'
import { initialStanding, readStanding, type Standing, standingKey } from './standing.ts'

export type { LevelBlockStore }

export interface BlockStoreOptions extends DatabaseOptions {
  readonly chainId: string
  /** Height of the chain's first block. */
  readonly initialHeight: Height
  /** State root before the first block, as the executor's `initChain` gives it. */
  readonly genesisRoot: Uint8Array
  /** Cluster that manages the store; absent before it is founded, see {@link LevelBlockStore.manage}. */
  readonly clusterId?: string
  /** Bytes that may wait to be written before calls are refused with `FULL`. Default 256 MiB: more than any sensible backlog. */
  readonly queueLimitBytes?: number
  /** Kept evidence; beyond it the oldest goes. Default 16 MiB. */
  readonly evidenceLimitBytes?: number
}

const mebibyte = 1024 * 1024

/**
 * Opens a `BlockStore` on LevelDB. Whatever gathers while a batch is on its way is made durable with one fsync.
 *
 * `DIRECTORY_LOCKED` names the process that holds it; `FOREIGN_CHAIN`, `FOREIGN_CLUSTER`, `FORMAT_NEWER` and `FORMAT_UNKNOWN`
 * leave it alone; `CONFLICT` when it began with another genesis.
 */
export async function openBlockStore(options: BlockStoreOptions): Promise<LevelBlockStore> {
  const { chainId, queueLimitBytes = 256 * mebibyte, evidenceLimitBytes = 16 * mebibyte } = options
  const database = await openDatabase(options, { name: 'block-store', version: 1, chainId })
  try {
    const standing = await currentStanding(database, options)
    const store = new StoreOverLevel(database, standing, { queueLimitBytes, evidenceLimitBytes })
    await store.recover()
    if (options.clusterId !== undefined) await store.manage(options.clusterId)
    return store
  } catch (error) {
    await database.close()
    throw error
  }
}

async function currentStanding(database: Database, options: BlockStoreOptions): Promise<Standing> {
  const { initialHeight, genesisRoot } = options
  const stored = await database.get(standingKey)
  if (stored === undefined) return initialStanding(initialHeight, genesisRoot)
  const standing = await readStanding(stored, async (height) => {
    const key = stateKey(height)
    const record = await database.get(key)
    if (record === undefined) throw damaged(height)
    return decodeRow(height, key, record, (value) => decodeStateRow(height, value)).stateRoot
  })
  const { earliest, rootBefore } = standing
  const isOther = earliest < initialHeight || (earliest === initialHeight && !equalBytes(rootBefore, genesisRoot))
  if (isOther) {
    throw new BlockStoreError(
      'CONFLICT',
      `the block store begins at ${earliest} after root ${toHex(rootBefore)}, the genesis at ${initialHeight} after ${toHex(genesisRoot)}; compare the genesis and the executor's settings`,
    )
  }
  return standing
}
