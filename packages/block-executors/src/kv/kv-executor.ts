import {
  type CommittedBlock,
  equalBytes,
  type ExecutionResult,
  type Executor,
  type ExecutorGenesis,
  type ExecutorInfo,
  type ExportedState,
  type Height,
  type InitialState,
  toHex,
} from 'block-fsm'
import type { Database } from '../disk/open-database.ts'
import { ExecutorError, reasonOf } from '../errors.ts'
import { exportState } from './export-state.ts'
import { importState } from './import-state.ts'
import type { KvState } from './kv-state.ts'
import type { RootRule } from './root-rule.ts'
import { prefixOf, versionKey } from './rows.ts'
import { parseTransaction, textOf } from './transaction.ts'

/** An `Executor` whose state is read by key, as it is or as it was. */
export interface KvExecutor extends Executor {
  read(key: Uint8Array, signal?: AbortSignal): Promise<Uint8Array | undefined>

  /** The value that a key had after a height; undefined when it had none, or when this state began above that height. */
  readAt(key: Uint8Array, height: Height, signal?: AbortSignal): Promise<Uint8Array | undefined>
}

export interface KvExecutorParts {
  readonly database: Database
  readonly newRule: () => RootRule
  /** What is on disk; undefined before the genesis is known. */
  readonly load: () => Promise<KvState | undefined>
  /** Writes the state before the first block, or compares the genesis with that of the state that is there. */
  readonly begin: (genesis: ExecutorGenesis) => Promise<void>
}

/** The executor over an open database. Calls that change state run one after the other. */
export class KvOverLevel implements KvExecutor {
  readonly #parts: KvExecutorParts
  #state: KvState | undefined
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(parts: KvExecutorParts, state: KvState | undefined) {
    this.#parts = parts
    this.#state = state
  }

  initChain(genesis: ExecutorGenesis, signal?: AbortSignal): Promise<InitialState> {
    return this.#inOrder(signal, async () => {
      const { begin, load, newRule } = this.#parts
      await begin(genesis)
      this.#state ??= await load()
      return { stateRoot: newRule().emptyRoot }
    })
  }

  async getInfo(signal?: AbortSignal): Promise<ExecutorInfo> {
    signal?.throwIfAborted()
    this.#requireOpen()
    const { height, stateRoot } = this.#begun().position
    return { height, stateRoot }
  }

  executeBlock(block: CommittedBlock, previousRoot: Uint8Array, signal?: AbortSignal): Promise<ExecutionResult> {
    return this.#inOrder(signal, async () => {
      const state = this.#begun()
      const { height, stateRoot } = state.position
      if (block.height <= height) return again(state, block, previousRoot)
      if (block.height !== height + 1) {
        throw mismatch(`the state stands at height ${height}; block ${block.height} does not follow`)
      }
      if (!equalBytes(previousRoot, stateRoot)) {
        throw mismatch(`the root at height ${height} is ${toHex(stateRoot)}, not ${toHex(previousRoot)}`)
      }
      return state.execute(block)
    })
  }

  async checkTransaction(tx: Uint8Array): Promise<string | undefined> {
    const parsed = parseTransaction(tx)
    return typeof parsed === 'string' ? parsed : undefined
  }

  read(key: Uint8Array, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return this.readAt(key, Number.MAX_SAFE_INTEGER, signal)
  }

  async readAt(key: Uint8Array, height: Height, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted()
    this.#requireOpen()
    const state = this.#begun()
    return this.#asking(async () => {
      await state.durable()
      const { generation } = state.position
      const name = textOf(key)
      const range = {
        gte: versionKey(generation, { key: name, height: 0 }),
        lte: versionKey(generation, { key: name, height }),
      }
      const newest = await this.#parts.database.values({ ...range, reverse: true, limit: 1 }).all()
      return newest[0] && Uint8Array.from(newest[0])
    })
  }

  exportState(signal?: AbortSignal): Promise<ExportedState> {
    return this.#inOrder(signal, async () => {
      const state = this.#begun()
      await state.durable()
      return exportState(this.#parts.database, state.position)
    })
  }

  importState(imported: ExportedState, signal?: AbortSignal): Promise<void> {
    return this.#inOrder(signal, async () => {
      const state = this.#begun()
      await state.durable()
      const { database, newRule } = this.#parts
      const { generation } = state.position
      state.replace(
        await importState({ database, rule: newRule(), results: state.results, generation, imported, signal }),
      )
      // Not fsynced, and nobody looks there any more; what a crash leaves goes at the next opening.
      for (const kind of ['s', 'v'] as const) {
        await database.clear({ gte: prefixOf(kind, generation), lt: prefixOf(kind, generation + 1) })
      }
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
    try {
      await this.#state?.durable()
    } finally {
      await this.#parts.database.close()
    }
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new ExecutorError('CLOSED', 'the key-value executor is closed')
  }

  #begun(): KvState {
    if (this.#state) return this.#state
    throw new ExecutorError('EXECUTOR_FAILED', 'the executor was not told the genesis; call initChain first')
  }

  async #inOrder<Result>(signal: AbortSignal | undefined, action: () => Promise<Result>): Promise<Result> {
    this.#requireOpen()
    const result = this.#last.then(async () => {
      signal?.throwIfAborted()
      return this.#asking(action, signal)
    })
    // The next call does not care how this one ended; its caller does.
    this.#last = result.then(
      () => undefined,
      () => undefined,
    )
    return await result
  }

  /** What the database or a bug throws is a failure of the executor; the block is fine. */
  async #asking<Result>(action: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    try {
      return await action()
    } catch (cause) {
      if (cause instanceof ExecutorError || (signal?.aborted && cause === signal.reason)) throw cause
      if (this.#isClosed) throw new ExecutorError('CLOSED', 'the key-value executor is closed', { cause })
      throw new ExecutorError('EXECUTOR_FAILED', `the state cannot be used: ${reasonOf(cause)}; look at the disk`, {
        cause,
      })
    }
  }
}

/** The answer for a block that was executed before. */
function again(state: KvState, block: CommittedBlock, previousRoot: Uint8Array): ExecutionResult {
  const { height } = state.position
  const known = state.results.get(block.height)
  if (known === undefined) {
    throw mismatch(`the state stands at height ${height}; what block ${block.height} gave is not remembered any more`)
  }
  if (!equalBytes(known.hash, block.hash)) {
    throw mismatch(`block ${toHex(known.hash)} was executed at height ${block.height}, not ${toHex(block.hash)}`)
  }
  if (!equalBytes(known.previousRoot, previousRoot)) {
    throw mismatch(`block ${block.height} was executed on ${toHex(known.previousRoot)}, not ${toHex(previousRoot)}`)
  }
  return known.result
}

function mismatch(message: string): ExecutorError {
  return new ExecutorError('STATE_MISMATCH', message)
}
