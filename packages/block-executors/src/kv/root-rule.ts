import type { Version } from './testapp-path.ts'
import type { Write } from './transaction.ts'

/** An entry of the state, as it is kept and exported: by key, or by path in `testapp` mode. */
export interface Entry {
  readonly name: string
  readonly value: string
}

/** How entries and root follow from writes. It holds what it needs to go on from one block to the next. */
export interface RootRule {
  /** Root of the state with no entry. */
  readonly emptyRoot: Uint8Array

  /** The entry that a write makes at a height; undefined when the key is reserved. */
  entryOf(height: number, write: Write): Entry | undefined

  /** Where the value of an entry written at `height` is read; undefined when no key leads there. */
  versionOf(height: number, name: string): Version | undefined

  /** True when {@link replace} needs the values that entries had before. */
  readonly needsOldValues: boolean

  /** Takes entries, given what was there under each name, and gives the root after them. */
  replace(entries: ReadonlyMap<string, string>, before: (name: string) => string | undefined): Uint8Array

  /** What to keep beside the entries to go on after a restart. */
  memory(): Uint8Array
}
