import { fields } from '../disk/fields.ts'
import { LatticeHash } from './lattice-hash.ts'
import type { Entry, RootRule } from './root-rule.ts'
import type { Version } from './testapp-path.ts'
import { bytesOf, type Write } from './transaction.ts'

/**
 * Roots of 32 bytes whatever the state holds: SHA-256 of a lattice hash over its keys and values. A block costs two short hashes
 * for each key it writes, and whoever has a whole state can check its root, as catching up with a snapshot of it needs.
 */
export class HashedRoot implements RootRule {
  readonly emptyRoot: Uint8Array = new LatticeHash().digest()
  readonly needsOldValues = true
  readonly #hash: LatticeHash

  /** Goes on from {@link memory}. */
  constructor(memory?: Uint8Array) {
    this.#hash = new LatticeHash(memory)
  }

  entryOf(_height: number, { key, value }: Write): Entry {
    return { name: key, value }
  }

  versionOf(height: number, name: string): Version {
    return { key: name, height }
  }

  replace(entries: ReadonlyMap<string, string>, before: (name: string) => string | undefined): Uint8Array {
    for (const [name, value] of entries) {
      const old = before(name)
      if (old === value) continue
      if (old !== undefined) this.#hash.remove(element(name, old))
      this.#hash.add(element(name, value))
    }
    return this.#hash.digest()
  }

  memory(): Uint8Array {
    return this.#hash.bytes()
  }
}

function element(name: string, value: string): Buffer {
  return fields(bytesOf(name), bytesOf(value))
}
