import { type Height, type QuarantinedRange, transactionHash } from 'block-fsm'
import { bytesKey, keyNumber, kindRange, numberKey } from '../disk/keys.ts'
import type { Database } from '../disk/open-database.ts'
import { openRecord, sealRecord } from '../disk/record.ts'
import type { Staging } from '../disk/staging.ts'
import { BlockStoreError } from '../errors.ts'
import { withoutFrom } from './intervals.ts'
import { anchorKey } from './notes.ts'
import { decodeDataRow, decodeHeaderRow, decodeStateRow, part, partKey, stateKey } from './rows.ts'
import type { Standing } from './standing.ts'

/** Bytes moved with one batch. */
const pieceBytes = 4 * 1024 * 1024

/**
 * Takes every height from `from` on out of the chain with one batch, then moves the rows in pieces; a crash between is finished
 * when the store opens again.
 */
export async function quarantine(
  staging: Staging<Standing>,
  database: Database,
  range: { readonly from: Height; readonly reason: string },
  commit: () => Promise<void>,
): Promise<void> {
  const { from, reason } = range
  const { headers, nextQuarantine: number } = staging.state
  const to = headers.at(-1)?.to ?? 0
  if (to < from) return
  const key = numberKey('q', number)
  staging.put(key, sealRecord(key, Buffer.from(JSON.stringify({ from, to, reason }))))
  staging.state = await shortened(staging, from)
  await commit()
  await moveRows(staging, database, commit)
}

/** Moves what is left of a quarantined range out of the way, rows as they are under `z` and the number of the range. */
export async function moveRows(
  staging: Staging<Standing>,
  database: Database,
  commit: () => Promise<void>,
): Promise<void> {
  const { moving } = staging.state
  if (moving === undefined) return
  const first = partKey(moving.from, 0)
  const rows = database.iterator({ gte: first, lt: kindRange('b').lt })
  let bytes = 0
  for await (const [key, record] of rows) {
    moveRow(staging, moving.number, key, record)
    bytes += record.length
    if (bytes < pieceBytes) continue
    await commit()
    bytes = 0
  }
  for await (const [key, record] of database.iterator({ gte: stateKey(moving.from), lt: kindRange('x').lt })) {
    moveRow(staging, moving.number, key, record)
  }
  for await (const key of database.keys({ gte: anchorKey(moving.from), lt: kindRange('a').lt })) staging.del(key)
  staging.state = { ...staging.state, moving: undefined }
  await commit()
}

export function decodeQuarantined(key: Uint8Array, record: Uint8Array): QuarantinedRange {
  const value = openRecord(key, record)
  if (value) return JSON.parse(value.toString('utf8')) as QuarantinedRange
  throw new BlockStoreError('STORAGE_FAILED', 'the note of a quarantined range is damaged; look at the disk')
}

async function shortened(staging: Staging<Standing>, from: Height): Promise<Standing> {
  const { state } = staging
  const executed = Math.max(Math.min(state.executed, from - 1), state.earliest - 1)
  return {
    ...state,
    headers: withoutFrom(state.headers, from),
    blocks: withoutFrom(state.blocks, from),
    signed: withoutFrom(state.signed, from),
    executed,
    executedRoot: executed === state.executed ? state.executedRoot : await rootAfter(staging, executed),
    nextQuarantine: state.nextQuarantine + 1,
    moving: { number: state.nextQuarantine, from },
  }
}

async function rootAfter(staging: Staging<Standing>, height: Height): Promise<Uint8Array> {
  if (height < staging.state.earliest) return staging.state.rootBefore
  const key = stateKey(height)
  const record = await staging.get(key)
  const value = record && openRecord(key, record)
  if (value) return decodeStateRow(height, value).stateRoot
  throw new BlockStoreError('STORAGE_FAILED', `what execution of block ${height} gave is damaged; look at the disk`)
}

/** A damaged row is moved as well; only the index entries that it would name stay, and lead nowhere. */
function moveRow(staging: Staging<Standing>, number: number, key: Uint8Array, record: Uint8Array): void {
  staging.put(Buffer.concat([numberKey('z', number), key]), record)
  staging.del(key)
  if (key[0] !== partKey(0, 0)[0]) return
  const height = keyNumber(key)
  const value = openRecord(key, record)
  if (value === undefined) return
  if (key.at(-1) === part.header) staging.del(bytesKey('i', decodeHeaderRow(value).hash))
  if (key.at(-1) !== part.data) return
  decodeDataRow(value).txs.forEach((tx, index) => staging.del(bytesKey('t', transactionHash(tx), height, index)))
}
