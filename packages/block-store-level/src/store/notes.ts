import { type Anchor, equalBytes, type Evidence, type Hash, type StoredAnchor, toHex } from 'block-fsm'
import { numberKey } from '../disk/keys.ts'
import { openRecord, sealRecord } from '../disk/record.ts'
import type { Staging } from '../disk/staging.ts'
import { BlockStoreError } from '../errors.ts'
import { FieldReader, fields } from './fields.ts'
import { decodeRow } from './rows.ts'
import type { Standing } from './standing.ts'

/** Longest name of a cursor. */
const cursorNameBytes = 256

export function cursorKey(name: string): Buffer {
  return Buffer.from(`c${name}`, 'utf8')
}

/** Stages cursors; another value than a non-negative safe integer is `INVALID_ARGUMENT`. */
export function putCursors(staging: Staging<Standing>, cursors: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(cursors)) {
    const key = cursorKey(name)
    if (!Number.isSafeInteger(value) || value < 0 || key.length > cursorNameBytes) {
      throw new BlockStoreError('INVALID_ARGUMENT', `cursor "${name}" cannot be ${value}`)
    }
    staging.put(key, sealRecord(key, Buffer.from(String(value))))
  }
}

export function decodeCursor(key: Uint8Array, record: Uint8Array | undefined): number {
  if (record === undefined) return 0
  const value = openRecord(key, record)
  if (value) return Number(value.toString('utf8'))
  throw new BlockStoreError(
    'STORAGE_FAILED',
    `cursor "${Buffer.from(key).toString('utf8', 1)}" is damaged; look at the disk`,
  )
}

export function anchorKey(height: number): Buffer {
  return numberKey('a', height)
}

/** Stages an anchor; the same height with another hash is `CONFLICT`. */
export async function putAnchor(staging: Staging<Standing>, { height, hash, source }: Anchor): Promise<void> {
  const key = anchorKey(height)
  const record = await staging.get(key)
  const known: Hash | undefined = record && decodeAnchor(height, key, record).hash
  if (known && !equalBytes(known, hash)) {
    throw new BlockStoreError(
      'CONFLICT',
      `the anchor at ${height} is ${toHex(known)}, now ${toHex(hash)} is vouched for`,
    )
  }
  if (!known) staging.put(key, sealRecord(key, fields(hash, Buffer.from(source))))
}

export function decodeAnchor(height: number, key: Uint8Array, record: Uint8Array): StoredAnchor {
  return decodeRow(height, key, record, (value) => {
    const reader = new FieldReader(value)
    const hash = reader.bytes()
    return { height, hash, source: Buffer.from(reader.bytes()).toString() === 'raft' ? 'raft' : 'operator' }
  })
}

/** Stages evidence, and removes the oldest beyond the limit. Evidence above the limit by itself is `FULL`. */
export async function putEvidence(staging: Staging<Standing>, evidence: Evidence, limitBytes: number): Promise<void> {
  const value = fields(
    Buffer.from(JSON.stringify({ kind: evidence.kind, height: evidence.height, atMs: evidence.atMs })),
    evidence.bytes,
  )
  if (value.length > limitBytes) {
    throw new BlockStoreError('FULL', `evidence of ${value.length} bytes, ${limitBytes} are kept; raise the limit`)
  }
  let { first, next, bytes } = staging.state.evidence
  const key = evidenceKey(next)
  staging.put(key, sealRecord(key, value))
  next++
  bytes += value.length
  while (bytes > limitBytes) {
    const oldest = evidenceKey(first)
    const record = await staging.get(oldest)
    bytes -= record ? record.length - 4 : 0
    staging.del(oldest)
    first++
  }
  staging.state = { ...staging.state, evidence: { first, next, bytes } }
}

export function decodeEvidence(key: Uint8Array, record: Uint8Array): Evidence {
  const value = openRecord(key, record)
  if (value === undefined) throw new BlockStoreError('STORAGE_FAILED', 'kept evidence is damaged; look at the disk')
  const reader = new FieldReader(value)
  const { kind, height, atMs } = JSON.parse(Buffer.from(reader.bytes()).toString()) as Omit<Evidence, 'bytes'>
  return { kind, height, atMs, bytes: reader.bytes() }
}

function evidenceKey(number: number): Buffer {
  return numberKey('e', number)
}
