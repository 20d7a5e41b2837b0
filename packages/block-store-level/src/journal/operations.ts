import { type DecidedTransaction, type NewTransaction, transactionHash, type TransactionOutcome } from 'block-fsm'
import type { Staging } from '../disk/staging.ts'
import { BlockStoreError } from '../errors.ts'
import {
  decodeHash,
  decodeOutcome,
  encodeHash,
  encodeOutcome,
  encodeTransaction,
  hashKey,
  idempotencyKeyBytes,
  idKey,
  outcomeKey,
  transactionKey,
} from './rows.ts'
import { keptBytes, renewedStanding, type Standing } from './standing.ts'

/** What a transaction costs beside its bytes, so that empty ones cannot be without limit. */
const overheadBytes = 64

/** About what a kept outcome takes on disk. */
export const outcomeBytes = 160

const pending: TransactionOutcome = { kind: 'pending' }

/** Stages transactions and gives the number of the first. Over the limit: `FULL`. */
export function append(
  staging: Staging<Standing>,
  transactions: readonly NewTransaction[],
  limitBytes: number,
): number {
  let { last, takenBytes } = staging.state
  const { generation } = staging.state
  const first = last + 1
  for (const transaction of transactions) requireKey(transaction)
  const bytes = sizeOf(transactions)
  if (keptBytes(staging.state) + bytes > limitBytes) {
    throw new BlockStoreError(
      'FULL',
      `${keptBytes(staging.state)} bytes of transactions wait for a block, ${limitBytes} may; try again later`,
    )
  }
  for (const transaction of transactions) {
    last++
    takenBytes += sizeOf([transaction])
    const hash = transactionHash(transaction.bytes)
    const byNumber = transactionKey(generation, last)
    const hashed = hashKey(generation, last)
    const found = outcomeKey(hash, generation, last)
    staging.put(byNumber, encodeTransaction(byNumber, transaction))
    staging.put(hashed, encodeHash(hashed, hash, takenBytes))
    staging.put(found, encodeOutcome(found, pending))
  }
  staging.state = { ...staging.state, last, takenBytes }
  return first
}

/** Bytes that transactions count for. */
export function sizeOf(transactions: readonly NewTransaction[]): number {
  return transactions.reduce((sum, { bytes, idempotencyKey = '' }) => {
    return sum + bytes.length + Buffer.byteLength(idempotencyKey) + overheadBytes
  }, 0)
}

/** Stages outcomes. A number that is not kept any more, or was never given, is passed over; a final outcome stays. */
export async function decide(staging: Staging<Standing>, decided: readonly DecidedTransaction[]): Promise<void> {
  const { generation } = staging.state
  for (const { sequence, outcome } of decided) {
    const hashed = hashKey(generation, sequence)
    const record = await staging.get(hashed)
    if (record === undefined) continue
    const found = outcomeKey(readHash(hashed, record).hash, generation, sequence)
    const known = await staging.get(found)
    const before = known && decodeOutcome(found, known)
    if (before?.kind === 'committed' || before?.kind === 'dropped') continue
    staging.put(found, encodeOutcome(found, outcome))
  }
}

/** Stages that everything through a number is decided; drops the oldest outcomes beyond `keptOutcomes`. */
export async function release(staging: Staging<Standing>, through: number, keptOutcomes: number): Promise<void> {
  const { state } = staging
  const released = Math.min(through, state.last)
  if (released <= state.released) return
  const hashed = hashKey(state.generation, released)
  const record = await staging.get(hashed)
  const releasedBytes = record ? readHash(hashed, record).takenBytes : state.takenBytes
  const outcomes = state.outcomes + released - state.released
  staging.state = { ...state, released, releasedBytes, outcomes }
  await dropOldest(staging, Math.max(0, outcomes - keptOutcomes))
}

/** Stages a new journal in the place of this one. */
export function renew(staging: Staging<Standing>, id: Uint8Array): void {
  const state = renewedStanding(staging.state, id)
  staging.put(idKey(state.generation), id)
  staging.state = state
}

async function dropOldest(staging: Staging<Standing>, count: number): Promise<void> {
  const { generation: newest, released } = staging.state
  let { generation, sequence } = staging.state.oldest
  let dropped = 0
  while (dropped < count && (generation < newest || sequence <= released)) {
    const hashed = hashKey(generation, sequence)
    const record = await staging.get(hashed)
    if (record === undefined) {
      if (generation === newest) break
      generation++
      sequence = 1
      continue
    }
    const { hash } = readHash(hashed, record)
    staging.del(hashed)
    staging.del(outcomeKey(hash, generation, sequence))
    sequence++
    dropped++
  }
  const outcomes = staging.state.outcomes - dropped
  staging.state = { ...staging.state, outcomes, oldest: { generation, sequence } }
}

function readHash(key: Uint8Array, record: Uint8Array): { readonly hash: Uint8Array; readonly takenBytes: number } {
  const value = decodeHash(key, record)
  if (value) return value
  throw new BlockStoreError(
    'STORAGE_FAILED',
    'the journal of transactions is damaged; remove its directory: what it held undecided is lost',
  )
}

function requireKey({ idempotencyKey }: NewTransaction): void {
  if (idempotencyKey === undefined) return
  const bytes = Buffer.byteLength(idempotencyKey)
  if (bytes > 0 && bytes <= idempotencyKeyBytes) return
  throw new BlockStoreError(
    'INVALID_ARGUMENT',
    `an idempotency key has 1 to ${idempotencyKeyBytes} bytes, not ${bytes}`,
  )
}
