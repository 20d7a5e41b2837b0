import {
  type CommittedBlock,
  equalBytes,
  type ExecutionResult,
  type Executor,
  type ExecutorGenesis,
  type ExecutorInfo,
  type InitialState,
  toHex,
} from 'block-fsm'
import { ClassicLevel } from 'classic-level'
import { ExecutorError } from '../errors.ts'
import { decodePosition, encodePosition, type Position } from './position.ts'
import { parseTransaction, type Write } from './parse-transaction.ts'
import { emptyHashedRoot, hashedRoot, testappPath, testappRoot } from './state-root.ts'

export interface KvExecutorOptions {
  /** Directory of this executor alone; made if it is not there. */
  readonly directory: string
  /** `hashed`: 32 bytes. `testapp`: as ev-node's test application, the whole state as text. All members must agree. */
  readonly stateRoot: 'hashed' | 'testapp'
}

type Database = ClassicLevel<Uint8Array, Uint8Array>

const positionKey = Buffer.from('m')

/** Opens the key-value executor: transactions are `key=value`, anything else is a no-op with a reason. */
export async function openKvExecutor(options: KvExecutorOptions): Promise<Executor> {
  const database: Database = new ClassicLevel(options.directory, { keyEncoding: 'view', valueEncoding: 'view' })
  try {
    await database.open()
  } catch (cause) {
    throw new ExecutorError('EXECUTOR_FAILED', `the state in ${options.directory} cannot be opened; is it in use?`, {
      cause,
    })
  }
  const stored = await database.get(positionKey)
  return new KvExecutor(database, options.stateRoot, stored && decodePosition(stored))
}

class KvExecutor implements Executor {
  readonly #database: Database
  readonly #mode: KvExecutorOptions['stateRoot']
  #position: Position | undefined

  constructor(database: Database, mode: KvExecutorOptions['stateRoot'], position: Position | undefined) {
    this.#database = database
    this.#mode = mode
    this.#position = position
  }

  async initChain({ initialHeight }: ExecutorGenesis, signal?: AbortSignal): Promise<InitialState> {
    signal?.throwIfAborted()
    const stateRoot = this.#mode === 'hashed' ? emptyHashedRoot : new Uint8Array(0)
    this.#position ??= { height: initialHeight - 1, stateRoot, hash: new Uint8Array(0), results: [] }
    return { stateRoot }
  }

  async getInfo(signal?: AbortSignal): Promise<ExecutorInfo> {
    signal?.throwIfAborted()
    const { height, stateRoot } = this.#at()
    return { height, stateRoot }
  }

  async executeBlock(block: CommittedBlock, previousRoot: Uint8Array, signal?: AbortSignal): Promise<ExecutionResult> {
    signal?.throwIfAborted()
    const at = this.#at()
    if (block.height === at.height && equalBytes(block.hash, at.hash))
      return { stateRoot: at.stateRoot, results: at.results }
    if (block.height !== at.height + 1) {
      throw new ExecutorError(
        'STATE_MISMATCH',
        `the state is at height ${at.height}; block ${block.height} does not follow`,
      )
    }
    if (!equalBytes(previousRoot, at.stateRoot)) {
      throw new ExecutorError(
        'STATE_MISMATCH',
        `the root at ${at.height} is ${toHex(at.stateRoot)}, not ${toHex(previousRoot)}`,
      )
    }
    const parsed = block.data.txs.map((tx) => this.#parse(block.height, tx))
    const results = parsed.map((write) => ({
      isOk: typeof write !== 'string',
      log: typeof write === 'string' ? write : '',
    }))
    const writes = parsed.filter((write): write is Write => typeof write !== 'string')
    this.#position = await this.#write(block, at, writes, results)
    return { stateRoot: this.#position.stateRoot, results }
  }

  async checkTransaction(tx: Uint8Array): Promise<string | undefined> {
    const parsed = parseTransaction(tx)
    return typeof parsed === 'string' ? parsed : undefined
  }

  async read(key: Uint8Array, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted()
    const text = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
    return this.#database.get(valueKey(this.#nameOf(1, text) ?? text))
  }

  async close(): Promise<void> {
    // The position goes out once more, fsynced, and everything before it with it.
    if (this.#position) await this.#database.put(positionKey, encodePosition(this.#position), { sync: true })
    await this.#database.close()
  }

  #at(): Position {
    if (this.#position) return this.#position
    throw new ExecutorError('EXECUTOR_FAILED', 'the executor was not told the genesis; call initChain first')
  }

  #parse(height: number, tx: Uint8Array): Write | string {
    const write = parseTransaction(tx)
    if (typeof write === 'string' || this.#mode === 'hashed') return write
    return testappPath(height, write.key) === undefined ? 'the key is reserved' : write
  }

  /** What a key is called in the current state: the test application's paths are cleaned. */
  #nameOf(height: number, key: string): string | undefined {
    if (this.#mode === 'hashed') return key
    const prefix = `/height/${height}/`
    const path = testappPath(height, key)
    return path?.startsWith(prefix) ? path.slice(prefix.length) : undefined
  }

  async #write(
    block: CommittedBlock,
    at: Position,
    writes: readonly Write[],
    results: Position['results'],
  ): Promise<Position> {
    const { height, hash } = block
    const stateRoot =
      this.#mode === 'hashed' ? hashedRoot(at.stateRoot, height, writes) : await this.#testappRootWith(height, writes)
    const position: Position = { height, hash, stateRoot, results }
    const batch = this.#database.batch().put(positionKey, encodePosition(position))
    for (const { key, value } of writes) {
      const bytes = Buffer.from(value, 'latin1')
      const name = this.#nameOf(height, key)
      if (name !== undefined) batch.put(valueKey(name), bytes)
      if (this.#mode === 'testapp') batch.put(pathKey(testappPath(height, key)!), bytes)
    }
    try {
      // Not fsynced: after a crash the state stands lower, and the caller executes again from there.
      await batch.write()
    } catch (cause) {
      throw new ExecutorError('EXECUTOR_FAILED', `writing the state of block ${height} failed; look at the disk`, {
        cause,
      })
    }
    return position
  }

  async #testappRootWith(height: number, writes: readonly Write[]): Promise<Uint8Array> {
    const fresh = new Map(writes.map(({ key, value }) => [testappPath(height, key)!, value]))
    return testappRoot(this.#mergedPairs([...fresh].sort(([a], [b]) => (a < b ? -1 : 1))))
  }

  /** Stored pairs and fresh ones in byte order; a fresh one takes the place of a stored one. */
  async *#mergedPairs(fresh: readonly (readonly [string, string])[]): AsyncGenerator<readonly [string, string]> {
    let next = 0
    for await (const [key, value] of this.#database.iterator({ gte: pathKey(''), lt: Buffer.from('q') })) {
      const path = Buffer.from(key).toString('latin1', 1)
      while (next < fresh.length && fresh[next]![0] < path) yield fresh[next++]!
      if (fresh[next]?.[0] === path) yield fresh[next++]!
      else yield [path, Buffer.from(value).toString('latin1')]
    }
    while (next < fresh.length) yield fresh[next++]!
  }
}

function valueKey(name: string): Buffer {
  return Buffer.from(`v${name}`, 'latin1')
}

function pathKey(path: string): Buffer {
  return Buffer.from(`p${path}`, 'latin1')
}
