import { type CommittedBlock, type CommittedHeader, equalBytes, type Hash, type Height, toHex } from 'block-fsm'
import { bytesKey, numberKey } from '../disk/keys.ts'
import { sealRecord } from '../disk/record.ts'
import type { Staging } from '../disk/staging.ts'
import { BlockStoreError } from '../errors.ts'
import { intervalAt, withInterval } from './intervals.ts'
import { damaged, decodeHeaderRow, decodeRow, encodeDataRow, encodeHeaderRow, part, partKey } from './rows.ts'
import type { Standing } from './standing.ts'

/** Stages whole blocks, ascending and without a hole. */
export async function putBlocks(staging: Staging<Standing>, blocks: readonly CommittedBlock[]): Promise<void> {
  await putHeaders(staging, blocks)
  const first = blocks[0]
  if (first === undefined) return
  for (const block of blocks) {
    if (intervalAt(staging.state.blocks, block.height)) continue
    const key = partKey(block.height, part.data)
    staging.put(key, sealRecord(key, encodeDataRow(block)))
  }
  const to = first.height + blocks.length - 1
  staging.state = { ...staging.state, blocks: withInterval(staging.state.blocks, first.height, to) }
}

/** Stages headers, ascending and without a hole. Heights that hold another hash, and ends that do not link, are `CONFLICT`. */
export async function putHeaders(staging: Staging<Standing>, headers: readonly CommittedHeader[]): Promise<void> {
  const first = headers[0]
  const last = headers.at(-1)
  if (first === undefined || last === undefined) return
  await requireLinks(staging, headers)
  for (const header of headers) {
    const known = await hashAt(staging, header.height)
    if (known === undefined) {
      const key = partKey(header.height, part.header)
      staging.put(key, sealRecord(key, encodeHeaderRow(header)))
      staging.put(bytesKey('i', header.hash), numberKey('i', header.height))
    } else if (!equalBytes(known, header.hash)) {
      throw conflict(header.height, `holds ${toHex(known)}, not ${toHex(header.hash)}`)
    }
  }
  staging.state = { ...staging.state, headers: withInterval(staging.state.headers, first.height, last.height) }
}

/** The hash that is stored, or staged, at a height. */
export async function hashAt(staging: Staging<Standing>, height: Height): Promise<Hash | undefined> {
  if (!intervalAt(staging.state.headers, height)) return undefined
  return (await headerRowAt(staging, height)).hash
}

async function headerRowAt(staging: Staging<Standing>, height: Height): Promise<ReturnType<typeof decodeHeaderRow>> {
  const key = partKey(height, part.header)
  const record = await staging.get(key)
  if (record === undefined) throw damaged(height)
  return decodeRow(height, key, record, decodeHeaderRow)
}

/** Each header names the one before it, the first the stored one below, and the stored one above the last. */
async function requireLinks(staging: Staging<Standing>, headers: readonly CommittedHeader[]): Promise<void> {
  const first = headers[0]!
  const last = headers.at(-1)!
  let below = await hashAt(staging, first.height - 1)
  let expected = first.height
  for (const { height, hash, header } of headers) {
    if (height !== expected) {
      throw new BlockStoreError('GAP', `height ${height} where ${expected} was expected; heights ascend one by one`)
    }
    if (below && !equalBytes(header.lastHeaderHash, below)) {
      throw conflict(height, `names parent ${toHex(header.lastHeaderHash)}, below it stands ${toHex(below)}`)
    }
    below = hash
    expected++
  }
  if (!intervalAt(staging.state.headers, expected)) return
  const above = await headerRowAt(staging, expected)
  if (!equalBytes(above.header.lastHeaderHash, last.hash)) {
    throw conflict(expected, `names parent ${toHex(above.header.lastHeaderHash)}, not ${toHex(last.hash)}`)
  }
}

function conflict(height: Height, what: string): BlockStoreError {
  return new BlockStoreError(
    'CONFLICT',
    `height ${height} ${what}; one of them is of another chain: keep both as evidence, and stop`,
  )
}
