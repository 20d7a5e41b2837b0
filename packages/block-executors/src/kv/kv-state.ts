import type { CommittedBlock, ExecutionResult, TransactionResult } from 'block-fsm'
import type { Database } from '../disk/open-database.ts'
import { type Change, WriteBehind } from '../disk/write-behind.ts'
import { changesOf } from './entry-changes.ts'
import type { RememberedResults } from './remembered-results.ts'
import type { RootRule } from './root-rule.ts'
import { encodePosition, entryKey, type Position, positionKey } from './rows.ts'
import { parseTransaction, textOf } from './transaction.ts'

export interface KvStateParts {
  readonly rule: RootRule
  readonly results: RememberedResults
  readonly position: Position
}

/** The state: where it stands and what its root needs in memory, entries on disk, what is on its way there in between. */
export class KvState {
  readonly #database: Database
  readonly #writes: WriteBehind
  #parts: KvStateParts
  /** Values on their way to the disk, so that the next block sees them. */
  readonly #recent = new Map<string, { readonly value: string; readonly height: number }>()

  constructor(database: Database, parts: KvStateParts, pendingLimitBytes: number) {
    this.#database = database
    this.#writes = new WriteBehind(database, pendingLimitBytes)
    this.#parts = parts
  }

  get position(): Position {
    return this.#parts.position
  }

  get results(): RememberedResults {
    return this.#parts.results
  }

  /** Executes the next block. Nothing changes before everything that can fail is done. */
  async execute(block: CommittedBlock): Promise<ExecutionResult> {
    await this.#writes.room()
    const { rule, position } = this.#parts
    const { entries, results } = effectsOf(block, rule)
    const before = rule.needsOldValues ? await this.#valuesOf([...entries.keys()]) : new Map<string, string>()
    const isSame = entries.size === 0
    const stateRoot = isSame ? position.stateRoot : rule.replace(entries, (name) => before.get(name))
    const result = { stateRoot, results }
    this.#take(block, entries, result)
    return result
  }

  /** Resolves when everything executed so far is durable and can be read. */
  durable(): Promise<void> {
    return this.#writes.drained()
  }

  /** Another state is on disk now. */
  replace(parts: KvStateParts): void {
    this.#parts = parts
  }

  #take({ height, hash }: CommittedBlock, entries: ReadonlyMap<string, string>, result: ExecutionResult): void {
    const { rule, results, position } = this.#parts
    const { generation, stateRoot: previousRoot } = position
    const next: Position = { generation, height, hash, stateRoot: result.stateRoot }
    const changes: Change[] = results.add(height, { hash, previousRoot, result })
    for (const [name, value] of entries) {
      changes.push(...changesOf(rule, generation, height, { name, value }))
      this.#recent.set(name, { value, height })
    }
    changes.push({ key: positionKey, value: encodePosition(next, rule.memory()) })
    this.#parts = { ...this.#parts, position: next }
    this.#writes.add(changes, () => {
      for (const name of entries.keys()) if (this.#recent.get(name)?.height === height) this.#recent.delete(name)
    })
  }

  async #valuesOf(names: readonly string[]): Promise<Map<string, string>> {
    const values = new Map<string, string>()
    const { generation } = this.#parts.position
    const unknown: string[] = []
    for (const name of names) {
      const recent = this.#recent.get(name)
      if (recent) values.set(name, recent.value)
      else unknown.push(name)
    }
    const stored = await this.#database.getMany(unknown.map((name) => entryKey(generation, name)))
    stored.forEach((value, i) => value && values.set(unknown[i]!, textOf(value)))
    return values
  }
}

/** The entries that a block writes, the last of each name, and what came of each transaction. */
function effectsOf(
  block: CommittedBlock,
  rule: RootRule,
): { readonly entries: ReadonlyMap<string, string>; readonly results: readonly TransactionResult[] } {
  const entries = new Map<string, string>()
  const results = block.data.txs.map((tx): TransactionResult => {
    const write = parseTransaction(tx)
    if (typeof write === 'string') return { isOk: false, log: write }
    const entry = rule.entryOf(block.height, write)
    if (entry === undefined) return { isOk: false, log: 'the key is reserved' }
    entries.set(entry.name, entry.value)
    return { isOk: true, log: '' }
  })
  return { entries, results }
}
