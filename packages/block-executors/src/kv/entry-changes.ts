import type { Height } from 'block-fsm'
import type { Change } from '../disk/write-behind.ts'
import type { Entry, RootRule } from './root-rule.ts'
import { entryKey, versionKey } from './rows.ts'
import { bytesOf } from './transaction.ts'

/** What an entry is on disk: itself, and its value under key and height. */
export function changesOf(rule: RootRule, generation: number, height: Height, { name, value }: Entry): Change[] {
  const bytes = bytesOf(value)
  const version = rule.versionOf(height, name)
  const entry: Change = { key: entryKey(generation, name), value: bytes }
  return version ? [entry, { key: versionKey(generation, version), value: bytes }] : [entry]
}
