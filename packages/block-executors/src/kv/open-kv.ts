import type { ExecutorGenesis } from 'block-fsm'
import { type Database, type DatabaseOptions, openDatabase } from '../disk/open-database.ts'
import { ExecutorError } from '../errors.ts'
import { HashedRoot } from './hashed-root.ts'
import { type KvExecutor, KvOverLevel } from './kv-executor.ts'
import { KvState } from './kv-state.ts'
import { RememberedResults } from './remembered-results.ts'
import type { RootRule } from './root-rule.ts'
import { decodePosition, entryKey, entryName, encodePosition, positionKey, prefixOf } from './rows.ts'
import { TestappRoot } from './testapp-root.ts'
import { textOf } from './transaction.ts'

export type { KvExecutor }

export interface KvExecutorOptions extends DatabaseOptions {
  /** `hashed`: 32 bytes. `testapp`: as ev-node's test application, the whole state as text. All members must agree, for ever. */
  readonly stateRoot: 'hashed' | 'testapp'
  /** Changes that may wait for the disk; beyond it execution waits. Default 16 MiB. */
  readonly pendingLimitBytes?: number
  /** What execution gave at the newest heights, for callers that ask again; never less than the newest. Default 16 MiB. */
  readonly resultLimitBytes?: number
}

const mebibyte = 1024 * 1024
const genesisKey = Buffer.from('!genesis')

/**
 * Opens the key-value executor: transactions are `key=value`, anything else is a no-op with a reason.
 *
 * `DIRECTORY_LOCKED` names the process that holds it; a state under another rule for roots is `STATE_ROOT_DIFFERS`. `initChain`
 * of another chain is `FOREIGN_CHAIN`.
 */
export async function openKvExecutor(options: KvExecutorOptions): Promise<KvExecutor> {
  const { stateRoot, pendingLimitBytes = 16 * mebibyte, resultLimitBytes = 16 * mebibyte } = options
  const database = await openDatabase(options, stateRoot)
  const newRule = (memory?: Uint8Array): RootRule =>
    stateRoot === 'hashed' ? new HashedRoot(memory) : new TestappRoot()
  const load = async (): Promise<KvState | undefined> => {
    const stored = await database.get(positionKey)
    if (stored === undefined) return undefined
    const { memory, ...place } = decodePosition(stored)
    const rule = newRule(memory)
    await removeOthers(database, place.generation)
    const root = await rootOf(database, rule, place.generation)
    const results = await RememberedResults.load(database, resultLimitBytes)
    return new KvState(database, { rule, results, position: { ...place, stateRoot: root } }, pendingLimitBytes)
  }
  try {
    const begin = (genesis: ExecutorGenesis): Promise<void> => beginChain(database, genesis, newRule())
    return new KvOverLevel({ database, newRule, load, begin }, await load())
  } catch (error) {
    await database.close()
    throw error
  }
}

/** The root of what is on disk; the rule takes the entries in when it needs them. */
async function rootOf(database: Database, rule: RootRule, generation: number): Promise<Uint8Array> {
  if (rule.needsOldValues) return rule.replace(new Map(), () => undefined)
  const entries = new Map<string, string>()
  const range = { gte: entryKey(generation, ''), lt: prefixOf('s', generation + 1) }
  for await (const [key, value] of database.iterator(range)) entries.set(entryName(key), textOf(value))
  return rule.replace(entries, () => undefined)
}

/** What an import that did not end, or one that did, left behind. */
async function removeOthers(database: Database, generation: number): Promise<void> {
  for (const kind of ['s', 'v'] as const) {
    await database.clear({ gte: prefixOf(kind, 0), lt: prefixOf(kind, generation) })
    await database.clear({ gte: prefixOf(kind, generation + 1), lte: Buffer.concat([prefixOf(kind, 0xffffffff)]) })
  }
}

/** Writes genesis and first position with one batch, or compares. */
async function beginChain(database: Database, genesis: ExecutorGenesis, rule: RootRule): Promise<void> {
  const { chainId, initialHeight, genesisTimeNs } = genesis
  const wanted = JSON.stringify({ chainId, initialHeight, genesisTimeNs: String(genesisTimeNs) })
  const stored = await database.get(genesisKey)
  if (stored === undefined) {
    const place = { generation: 1, height: initialHeight - 1, hash: new Uint8Array(0), stateRoot: rule.emptyRoot }
    const first = database.batch().put(genesisKey, Buffer.from(wanted))
    return first.put(positionKey, encodePosition(place, rule.memory())).write({ sync: true })
  }
  const found = Buffer.from(stored).toString('utf8')
  if (found === wanted) return
  throw new ExecutorError('FOREIGN_CHAIN', `the state is of genesis ${found}, not ${wanted}; use another directory`)
}
