import type { Entry, RootRule } from './root-rule.ts'
import { testappPath, type Version, versionOf } from './testapp-path.ts'
import { bytesOf, type Write } from './transaction.ts'

/**
 * Roots as ev-node's test application makes them: the whole state, `path:value;` for each path in byte order, with the paths of
 * every height. They grow without bound, and so do the headers that name them: only for following its chains.
 */
export class TestappRoot implements RootRule {
  readonly emptyRoot: Uint8Array = new Uint8Array(0)
  readonly needsOldValues = false
  readonly #paths: string[] = []
  readonly #values = new Map<string, string>()

  entryOf(height: number, { key, value }: Write): Entry | undefined {
    const name = testappPath(height, key)
    return name === undefined ? undefined : { name, value }
  }

  versionOf(_height: number, name: string): Version | undefined {
    return versionOf(name)
  }

  replace(entries: ReadonlyMap<string, string>): Uint8Array {
    for (const [name, value] of entries) {
      if (!this.#values.has(name)) this.#paths.splice(this.#placeOf(name), 0, name)
      this.#values.set(name, value)
    }
    return Uint8Array.from(bytesOf(this.#paths.map((path) => `${path}:${this.#values.get(path)};`).join('')))
  }

  memory(): Uint8Array {
    return new Uint8Array(0)
  }

  /** Where a path goes: texts of one character a byte compare as their bytes do. */
  #placeOf(path: string): number {
    let from = 0
    let to = this.#paths.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.#paths[middle]! < path) from = middle + 1
      else to = middle
    }
    return from
  }
}
