import type { Hash, Height } from '../block/header.ts'

/** An idempotency key, and the transaction that it stands for. */
export interface RememberedKey {
  readonly key: string
  /** Block that holds the transaction. */
  readonly height: Height
  readonly transactionHash: Hash
}

/** Idempotency keys of the last blocks, for reading. */
export interface RememberedKeyReader {
  /** What a key stands for while the block at `height` is judged; undefined when it is free. */
  find(key: string, height: Height): RememberedKey | undefined
  /** Bytes that the keys take which are still remembered at `height`. */
  bytesAt(height: Height): number
  /** All keys, oldest block first: a cheap capture, the groups are never changed. */
  groups(): readonly KeyGroup[]
}

/** Idempotency keys of the last blocks. Keys of one block are added once and forgotten together. */
export class RememberedKeys implements RememberedKeyReader {
  readonly #windowBlocks: number
  readonly #byKey = new Map<string, RememberedKey>()
  #groups: KeyGroup[] = []
  #bytes = 0

  /** A key is remembered for `windowBlocks` blocks after its own. */
  constructor(windowBlocks: number) {
    this.#windowBlocks = windowBlocks
  }

  find(key: string, height: Height): RememberedKey | undefined {
    const found = this.#byKey.get(key)
    return found && this.#isRemembered(found.height, height) ? found : undefined
  }

  bytesAt(height: Height): number {
    let expired = 0
    for (const group of this.#groups) {
      if (this.#isRemembered(group.height, height)) break
      expired += group.bytes
    }
    return this.#bytes - expired
  }

  /** Forgets what is too old at `height` and remembers the keys of the block there. */
  advance(height: Height, added: readonly RememberedKey[]): void {
    const kept = this.#groups.findIndex((group) => this.#isRemembered(group.height, height))
    const expired = kept < 0 ? this.#groups : this.#groups.slice(0, kept)
    for (const group of expired) this.#forget(group)
    if (expired.length > 0) this.#groups = this.#groups.slice(expired.length)
    if (added.length === 0) return
    const group = { height, keys: added, bytes: added.reduce((sum, { key }) => sum + rememberedKeyBytes(key), 0) }
    this.#groups.push(group)
    this.#bytes += group.bytes
    for (const one of added) this.#byKey.set(one.key, one)
  }

  groups(): readonly KeyGroup[] {
    return [...this.#groups]
  }

  #isRemembered(keyHeight: Height, height: Height): boolean {
    return height - keyHeight <= this.#windowBlocks
  }

  #forget(group: KeyGroup): void {
    this.#bytes -= group.bytes
    for (const one of group.keys) this.#byKey.delete(one.key)
  }
}

/** The keys of one block, in its order. */
export interface KeyGroup {
  readonly height: Height
  readonly keys: readonly RememberedKey[]
  readonly bytes: number
}

/** What a key takes in the state: itself, and its height and transaction hash. */
export function rememberedKeyBytes(key: string): number {
  return Buffer.byteLength(key, 'utf8') + 64
}
