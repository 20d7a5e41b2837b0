import type { Hash, JournalTransaction, NewTransaction, TransactionOutcome } from 'block-fsm'
import { bytesKey, keyNumber, numberKey } from '../disk/keys.ts'
import { openRecord, sealRecord } from '../disk/record.ts'

/**
 * Keys: `j` generation number: a transaction until it is released, `n` generation number: its hash and the bytes taken through it,
 * `f` hash generation number: its outcome, `g` generation: the id of that journal.
 */
export function transactionKey(generation: number, sequence: number): Buffer {
  return numberKey('j', generation, sequence)
}

export function hashKey(generation: number, sequence: number): Buffer {
  return numberKey('n', generation, sequence)
}

export function outcomeKey(hash: Hash, generation: number, sequence: number): Buffer {
  return bytesKey('f', hash, generation, sequence)
}

export function idKey(generation: number): Buffer {
  return numberKey('g', generation)
}

/** What stays of a journal that another one replaced: its id, and through which number it was decided. */
export function encodeReplaced(id: Uint8Array, released: number): Buffer {
  return Buffer.concat([id, numberKey('', released).subarray(1)])
}

/** A row of the id alone is that of a journal that ended without being renewed. */
export function decodeReplaced(row: Uint8Array = new Uint8Array(16)): {
  readonly id: Uint8Array
  readonly released: number
} {
  return { id: Uint8Array.from(row.subarray(0, 16)), released: row.length > 16 ? keyNumber(row, 16) : 0 }
}

/** Longest idempotency key. */
export const idempotencyKeyBytes = 128

export function encodeTransaction(key: Uint8Array, { bytes, idempotencyKey = '' }: NewTransaction): Buffer {
  const text = Buffer.from(idempotencyKey)
  return sealRecord(key, Buffer.concat([Uint8Array.of(text.length), text, bytes]))
}

/** Undefined when the record is damaged. */
export function decodeTransaction(key: Uint8Array, record: Uint8Array): JournalTransaction | undefined {
  const value = openRecord(key, record)
  if (value === undefined) return undefined
  const at = 1 + (value[0] ?? 0)
  const bytes = Uint8Array.from(value.subarray(at))
  const sequence = keyNumber(key, 9)
  return at === 1 ? { sequence, bytes } : { sequence, bytes, idempotencyKey: value.toString('utf8', 1, at) }
}

export function encodeHash(key: Uint8Array, hash: Hash, takenBytes: number): Buffer {
  return sealRecord(key, Buffer.concat([hash, numberKey('', takenBytes).subarray(1)]))
}

/** Undefined when the record is damaged. */
export function decodeHash(
  key: Uint8Array,
  record: Uint8Array,
): { readonly hash: Hash; readonly takenBytes: number } | undefined {
  const value = openRecord(key, record)
  return value && { hash: Uint8Array.from(value.subarray(0, 32)), takenBytes: keyNumber(value, 32) }
}

const kinds = ['pending', 'committed', 'dropped', 'decided'] as const

export function encodeOutcome(key: Uint8Array, outcome: TransactionOutcome): Buffer {
  const height = outcome.kind === 'committed' ? outcome.height : 0
  const reason = outcome.kind === 'dropped' ? outcome.reason : ''
  const value = Buffer.concat([numberKey('', height), Buffer.from(reason)])
  value[0] = kinds.indexOf(outcome.kind)
  return sealRecord(key, value)
}

/** Undefined when the record is damaged. */
export function decodeOutcome(key: Uint8Array, record: Uint8Array): TransactionOutcome | undefined {
  const value = openRecord(key, record)
  if (value === undefined) return undefined
  const kind = kinds[value[0] ?? 0] ?? 'pending'
  if (kind === 'committed') return { kind, height: keyNumber(value) }
  if (kind === 'dropped') return { kind, reason: value.toString('utf8', 9) }
  return { kind }
}
