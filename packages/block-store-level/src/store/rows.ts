import {
  type CommittedBlock,
  type CommittedHeader,
  type Data,
  decodeData,
  decodeHeader,
  type Hash,
  type Header,
  type Height,
  type Signer,
  type StateRow,
  type StoredSignature,
  type TransactionResult,
} from 'block-fsm'
import { numberKey } from '../disk/keys.ts'
import { openRecord } from '../disk/record.ts'
import { BlockStoreError } from '../errors.ts'
import { FieldReader, fields } from './fields.ts'

/**
 * Keys: `b` height part (all parts of a height lie together, so that one iterator reads whole blocks), `i` hash, `x` height: what
 * execution gave, `t` transaction hash height index, `c` cursor, `a` anchor, `e` evidence, `q` quarantined range, `z` its rows.
 */
export const part = { header: 0, data: 1, signature: 2 } as const

export function partKey(height: Height, number: number): Buffer {
  return Buffer.concat([numberKey('b', height), Uint8Array.of(number)])
}

export function stateKey(height: Height): Buffer {
  return numberKey('x', height)
}

/** Logs of transactions are for people; longer ones are cut. */
const logBytes = 1024

export function encodeHeaderRow({ hash, headerBytes }: CommittedHeader): Buffer {
  return fields(hash, headerBytes)
}

export function decodeHeaderRow(value: Buffer): {
  readonly hash: Hash
  readonly header: Header
  readonly bytes: number
} {
  const reader = new FieldReader(value)
  const hash = reader.bytes()
  const encoded = reader.bytes()
  return { hash, header: decodeHeader(encoded), bytes: encoded.length }
}

export function encodeDataRow({ dataBytes }: CommittedBlock): Uint8Array {
  return dataBytes
}

export function decodeDataRow(value: Buffer): Data {
  return decodeData(value)
}

export function encodeSignatureRow(signature: Uint8Array, signer: Signer, isVerified: boolean): Buffer {
  return fields(Uint8Array.of(isVerified ? 1 : 0), signature, signer.address, signer.publicKey)
}

export function decodeSignatureRow(value: Buffer): StoredSignature {
  const reader = new FieldReader(value)
  const isVerified = reader.bytes()[0] === 1
  const signature = reader.bytes()
  return { signature, signer: { address: reader.bytes(), publicKey: reader.bytes() }, isVerified }
}

export function encodeStateRow(hash: Hash, stateRoot: Uint8Array, results: readonly TransactionResult[]): Buffer {
  const logs = results.map(({ isOk, log }) => {
    const text = Buffer.from(log).subarray(0, logBytes)
    return Buffer.concat([Uint8Array.of(isOk ? 1 : 0), text])
  })
  return fields(hash, stateRoot, ...logs)
}

export function decodeStateRow(height: Height, value: Buffer): StateRow {
  const reader = new FieldReader(value)
  const hash = reader.bytes()
  const stateRoot = reader.bytes()
  const results: TransactionResult[] = []
  while (!reader.isAtEnd) {
    const bytes = Buffer.from(reader.bytes())
    results.push({ isOk: bytes[0] === 1, log: bytes.toString('utf8', 1) })
  }
  return { height, hash, stateRoot, results }
}

/** Reads a record with `decode`; damage is `STORAGE_FAILED` with the height. */
export function decodeRow<Row>(
  height: Height,
  key: Uint8Array,
  record: Uint8Array,
  decode: (value: Buffer) => Row,
): Row {
  const value = openRecord(key, record)
  if (value === undefined) throw damaged(height)
  try {
    return decode(value)
  } catch (cause) {
    throw damaged(height, cause)
  }
}

/** The error for a height whose rows are missing or do not match their checksums. */
export function damaged(height: Height, cause?: unknown): BlockStoreError {
  return new BlockStoreError(
    'STORAGE_FAILED',
    `the block store is damaged at height ${height}; start with an empty directory, peers have the history`,
    { cause },
  )
}
