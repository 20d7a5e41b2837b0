import { equalBytes, type ExportedState, toHex } from 'block-fsm'
import type { Database } from '../disk/open-database.ts'
import type { Change } from '../disk/write-behind.ts'
import { ExecutorError } from '../errors.ts'
import { changesOf } from './entry-changes.ts'
import type { KvStateParts } from './kv-state.ts'
import type { RememberedResults } from './remembered-results.ts'
import type { RootRule } from './root-rule.ts'
import { encodePosition, type Position, positionKey, prefixOf } from './rows.ts'
import { chunkBytes } from './export-state.ts'

export interface ImportOptions {
  readonly database: Database
  /** A new one. */
  readonly rule: RootRule
  readonly results: RememberedResults
  /** That of the state which is replaced. */
  readonly generation: number
  readonly imported: ExportedState
  readonly signal: AbortSignal | undefined
}

/** Longest name or value, as a transaction's; a length above it is no entry but rubbish. */
const fieldLimitBytes = 64 * 1024 * 1024

/** Bytes written with one batch. */
const pieceBytes = 1024 * 1024

/**
 * Writes the entries beside the state that is there, checks the root, and lets them take its place with one last batch. Every
 * batch is fsynced, so that the last one vouches for all.
 */
export async function importState(options: ImportOptions): Promise<KvStateParts> {
  const { database, rule, results, imported, signal } = options
  const generation = options.generation + 1
  const { height, stateRoot, blockHash: hash } = imported
  await removeGeneration(database, generation)
  let root = rule.emptyRoot
  let bytes = 0
  let changes: Change[] = []
  let entries = new Map<string, string>()
  const write = async (): Promise<void> => {
    if (entries.size > 0) root = rule.replace(entries, () => undefined)
    await writeSynced(database, changes)
    entries = new Map()
    changes = []
    bytes = 0
  }
  try {
    for await (const [name, value] of entriesOf(imported.chunks)) {
      signal?.throwIfAborted()
      entries.set(name, value)
      changes.push(...changesOf(rule, generation, height, { name, value }))
      bytes += name.length + value.length
      if (bytes >= pieceBytes) await write()
    }
    await write()
    if (!equalBytes(root, stateRoot)) throw mismatch(`its root is ${toHex(root)}, not ${toHex(stateRoot)}`)
  } catch (error) {
    await removeGeneration(database, generation)
    throw error
  }
  const position: Position = { generation, height, hash, stateRoot: root }
  const last = { key: positionKey, value: encodePosition(position, rule.memory()) }
  await writeSynced(database, [...results.removals(), last])
  results.clear()
  return { rule, results, position }
}

/** Entries of an exported state; names ascend, so that none comes twice. */
async function* entriesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly [name: string, value: string]> {
  let rest: Buffer = Buffer.alloc(0)
  let previous: string | undefined
  for await (const chunk of chunks) {
    if (chunk.length > chunkBytes) throw mismatch(`a chunk has ${chunk.length} bytes, more than ${chunkBytes}`)
    rest = Buffer.concat([rest, chunk])
    let at = 0
    for (let end = entryEnd(rest, at); end !== undefined; end = entryEnd(rest, at)) {
      const nameEnd = at + 4 + rest.readUInt32BE(at)
      const name = rest.toString('latin1', at + 4, nameEnd)
      if (previous !== undefined && name <= previous) throw mismatch('its entries are not in order')
      previous = name
      yield [name, rest.toString('latin1', nameEnd + 4, end)]
      at = end
    }
    rest = rest.subarray(at)
  }
  if (rest.length > 0) throw mismatch('it is cut off')
}

/** Where the entry that begins at a position ends; undefined when it is not whole yet. */
function entryEnd(bytes: Buffer, at: number): number | undefined {
  const nameEnd = fieldEnd(bytes, at)
  return nameEnd === undefined ? undefined : fieldEnd(bytes, nameEnd)
}

function fieldEnd(bytes: Buffer, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined
  const length = bytes.readUInt32BE(at)
  if (length > fieldLimitBytes) throw mismatch(`it has a field of ${length} bytes`)
  const end = at + 4 + length
  return end > bytes.length ? undefined : end
}

async function writeSynced(database: Database, changes: readonly Change[]): Promise<void> {
  const batch = database.batch()
  for (const { key, value } of changes) {
    if (value) batch.put(key, value)
    else batch.del(key)
  }
  await batch.write({ sync: true })
}

async function removeGeneration(database: Database, generation: number): Promise<void> {
  for (const kind of ['s', 'v'] as const) {
    await database.clear({ gte: prefixOf(kind, generation), lt: prefixOf(kind, generation + 1) })
  }
}

function mismatch(why: string): ExecutorError {
  return new ExecutorError('STATE_MISMATCH', `the offered state is not taken: ${why}; get it from another member`)
}
