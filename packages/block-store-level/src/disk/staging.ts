import type { Database } from './open-database.ts'

/**
 * What one operation of a group sees and leaves behind: the database, what the operations before it staged, and its own
 * changes, which count only if it ends well.
 */
export class Staging<State> {
  state: State
  readonly #database: Database
  readonly #before: ReadonlyMap<string, Change>
  readonly #changes = new Map<string, Change>()

  constructor(database: Database, state: State, before: ReadonlyMap<string, Change>) {
    this.#database = database
    this.state = state
    this.#before = before
  }

  get changes(): ReadonlyMap<string, Change> {
    return this.#changes
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const staged = this.#staged(key)
    return staged ? staged.value : this.#database.get(key)
  }

  /** The values of many keys in their order, with one trip to the database. */
  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    const staged = keys.map((key) => this.#staged(key))
    const unknown = keys.filter((_key, i) => staged[i] === undefined)
    const found = unknown.length === 0 ? [] : await this.#database.getMany(unknown)
    let next = 0
    return staged.map((change) => (change ? change.value : found[next++]))
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#changes.set(nameOf(key), { key, value })
  }

  del(key: Uint8Array): void {
    this.#changes.set(nameOf(key), { key, value: undefined })
  }

  #staged(key: Uint8Array): Change | undefined {
    const name = nameOf(key)
    return this.#changes.get(name) ?? this.#before.get(name)
  }

  /** Forgets its changes once they are in the database. */
  settle(): void {
    this.#changes.clear()
  }
}

/** What becomes of a key; without a value it is removed. */
export interface Change {
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}
