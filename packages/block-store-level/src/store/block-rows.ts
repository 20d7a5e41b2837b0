import type { Height, StoredRecord } from 'block-fsm'
import { keyNumber } from '../disk/keys.ts'
import { damaged, decodeDataRow, decodeHeaderRow, decodeRow, decodeSignatureRow, part } from './rows.ts'

/** A stored height, and the bytes of its encoded header and data. */
export interface SizedRecord {
  readonly record: StoredRecord
  readonly bytes: number
}

/** Puts the rows of one height together. Damage, or a missing header, is `STORAGE_FAILED`. */
export function assemble(height: Height, rows: readonly (readonly [Uint8Array, Uint8Array])[]): SizedRecord {
  const find = <Row>(number: number, decode: (value: Buffer) => Row): Row | undefined => {
    const row = rows.find(([key]) => key.at(-1) === number)
    return row && decodeRow(height, row[0], row[1], decode)
  }
  const header = find(part.header, decodeHeaderRow)
  if (header === undefined) throw damaged(height)
  const data = find(part.data, (value) => ({ data: decodeDataRow(value), bytes: value.length }))
  const signature = find(part.signature, decodeSignatureRow)
  const record = { height, hash: header.hash, header: header.header, data: data?.data, signature }
  return { record, bytes: header.bytes + (data?.bytes ?? 0) }
}

/** Groups rows that come in the order of their keys by height. */
export async function* byHeight(
  rows: AsyncIterable<[Uint8Array, Uint8Array]>,
): AsyncGenerator<readonly [Height, readonly (readonly [Uint8Array, Uint8Array])[]]> {
  let height: Height | undefined
  let gathered: (readonly [Uint8Array, Uint8Array])[] = []
  for await (const row of rows) {
    const next = keyNumber(row[0])
    if (height !== undefined && next !== height) {
      yield [height, gathered]
      gathered = []
    }
    height = next
    gathered.push(row)
  }
  if (height !== undefined) yield [height, gathered]
}
