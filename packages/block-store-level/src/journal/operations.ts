import { type DecidedTransaction, type NewTransaction, transactionHash, type TransactionOutcome } from 'block-fsm'
import type { Staging } from '../disk/staging.ts'
import { BlockStoreError } from '../errors.ts'
import {
  decodeHash,
  decodeOutcome,
  encodeHash,
  encodeOutcome,
  encodeReplaced,
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

/** Outcomes dropped with one trip to the database. */
const dropPiece = 1024

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

/** Stages outcomes, one for a number. One that is not kept any more, or was never given, is passed over; a final outcome stays. */
export async function decide(staging: Staging<Standing>, decided: readonly DecidedTransaction[]): Promise<void> {
  const { generation } = staging.state
  const hashKeys = decided.map(({ sequence }) => hashKey(generation, sequence))
  const hashes = await staging.getMany(hashKeys)
  const kept = decided.flatMap(({ sequence, outcome }, i) => {
    const record = hashes[i]
    return record ? [{ outcome, key: outcomeKey(readHash(hashKeys[i]!, record).hash, generation, sequence) }] : []
  })
  const known = await staging.getMany(kept.map(({ key }) => key))
  kept.forEach(({ outcome, key }, i) => {
    const before = known[i] && decodeOutcome(key, known[i])
    if (!isFinal(before)) staging.put(key, encodeOutcome(key, outcome))
  })
}

function isFinal(outcome: TransactionOutcome | undefined): boolean {
  return outcome?.kind === 'committed' || outcome?.kind === 'dropped'
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
  const { generation, id: replaced, released } = staging.state
  staging.put(idKey(generation), encodeReplaced(replaced, released))
  const state = renewedStanding(staging.state, id)
  staging.put(idKey(state.generation), id)
  staging.state = state
}

/** Drops the oldest outcomes, journal after journal. */
async function dropOldest(staging: Staging<Standing>, count: number): Promise<void> {
  const { generation: newest, released } = staging.state
  let { generation, sequence } = staging.state.oldest
  let left = count
  while (left > 0) {
    const amount = Math.min(left, dropPiece, generation === newest ? released - sequence + 1 : dropPiece)
    const keys = Array.from({ length: amount }, (_, i) => hashKey(generation, sequence + i))
    const records = (await staging.getMany(keys)).filter((record) => record !== undefined)
    records.forEach((record, i) => {
      const { hash } = readHash(keys[i]!, record)
      staging.del(keys[i]!)
      staging.del(outcomeKey(hash, generation, sequence + i))
    })
    sequence += records.length
    left -= records.length
    if (records.length === amount && amount > 0) continue
    if (generation === newest) break
    generation++
    sequence = 1
  }
  const outcomes = staging.state.outcomes - (count - left)
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
