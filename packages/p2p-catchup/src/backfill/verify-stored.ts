import {
  type CommittedHeader,
  type HeaderSignature,
  type Height,
  type StoredSignature,
  type VerifyBatch,
  verifySignatures,
} from 'block-fsm'
import type { HistoryStore } from '../ports/history-store.ts'
import { headerOf } from './stored-headers.ts'

/** Bytes of blocks read at once. */
const readBytes = 1024 * 1024

/** What became of stored signatures. */
export interface VerifiedStored {
  /** Heights looked at, from the one asked for upwards. */
  readonly count: number
  /** The first run of heights without a good signature. */
  readonly missing: { readonly from: Height; readonly to: Height } | undefined
}

/** Verifies signatures that were stored as a peer claimed them, from a height upwards, and makes the good ones durable. */
export async function verifyStored(
  store: Pick<HistoryStore, 'range' | 'putSignatures'>,
  range: { readonly from: Height; readonly to: Height },
  verifyBatch: VerifyBatch,
  signal: AbortSignal,
): Promise<VerifiedStored> {
  const records = await store.range(range.from, range.to, readBytes, signal)
  const claims: (StoredSignature & { readonly block: CommittedHeader })[] = []
  const good = new Set<Height>()
  for (const record of records) {
    if (record.signature?.isVerified) good.add(record.height)
    else if (record.signature) claims.push({ ...record.signature, block: await headerOf(record) })
  }
  const verified = await verifySignatures(claims, verifyBatch, signal)
  const signatures = verified.filter((signature): signature is HeaderSignature => signature !== undefined)
  for (const { height } of signatures) good.add(height)
  if (signatures.length > 0) await store.putSignatures(signatures, signal)
  return {
    count: records.length,
    missing: firstRun(
      records.map(({ height }) => height),
      good,
    ),
  }
}

function firstRun(heights: readonly Height[], good: ReadonlySet<Height>): VerifiedStored['missing'] {
  const from = heights.find((height) => !good.has(height))
  if (from === undefined) return undefined
  const end = heights.find((height) => height > from && good.has(height)) ?? heights.at(-1)! + 1
  return { from, to: end - 1 }
}
