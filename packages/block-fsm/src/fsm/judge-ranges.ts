import { transactionHash } from '../block/hash.ts'
import { equalBytes } from '../bytes.ts'
import {
  type BlockEntry,
  type DroppedTransaction,
  type TransactionRange,
  duplicateReason,
} from '../codec/block-entry.ts'
import { rule } from './decision.ts'
import { type RememberedKey, rememberedKeyBytes } from './remembered-keys.ts'
import { type FsmState, type Origin, nextHeight } from './state.ts'

/** Longest idempotency key, in bytes of UTF-8. */
export const maxIdempotencyKeyBytes = 128

/** Longest reason of a dropped transaction, in bytes of UTF-8. */
export const maxDropReasonBytes = 256

/** What accepting a block's ranges changes. */
export interface JudgedRanges {
  readonly origins: ReadonlyMap<string, Origin>
  readonly remembered: readonly RememberedKey[]
}

/**
 * Checks that each range starts right after what is decided of its journal, and that all ranges together name exactly the
 * transactions, in order, plus the dropped.
 */
export function judgeRanges(state: FsmState, entry: BlockEntry, txs: readonly Uint8Array[]): JudgedRanges {
  const walk: Walk = {
    state,
    height: nextHeight(state),
    txs,
    dropped: entry.dropped,
    takenTxs: 0,
    takenDropped: 0,
    remembered: new Map(),
  }
  const origins = new Map(state.origins)
  for (const range of entry.ranges) {
    const origin = origins.get(range.memberId)
    const isOpen = origin !== undefined && equalBytes(origin.journalId, range.journalId)
    rule(isOpen, 'origin', `${range.memberId} has another open journal, or none`)
    const first = origin.lastSequence + 1
    rule(range.first === first, 'range', `${range.memberId} starts at ${range.first}, undecided is ${first}`)
    rule(range.last >= first, 'range', `${range.memberId} has an empty range`)
    walkRange(walk, range)
    origins.set(range.memberId, { ...origin, lastSequence: range.last })
  }
  rule(walk.takenTxs === txs.length, 'transactions', 'transactions that no range names')
  rule(walk.takenDropped === entry.dropped.length, 'dropped', 'dropped transactions out of place')
  const remembered = [...walk.remembered.values()]
  checkRememberedBytes(walk, remembered)
  return { origins, remembered }
}

interface Walk {
  readonly state: FsmState
  readonly height: number
  readonly txs: readonly Uint8Array[]
  readonly dropped: readonly DroppedTransaction[]
  takenTxs: number
  takenDropped: number
  readonly remembered: Map<string, RememberedKey>
}

/** Ends at the latest where the transactions do, whatever length the range claims. */
function walkRange(walk: Walk, range: TransactionRange): void {
  let takenKeys = 0
  for (let sequence = range.first; sequence <= range.last; sequence++) {
    const keyed = range.keys[takenKeys]
    const key = keyed?.sequence === sequence ? keyed.key : undefined
    if (key !== undefined) takenKeys++
    const next = walk.dropped[walk.takenDropped]
    if (next && isAt(next, range, sequence)) {
      walk.takenDropped++
      checkDropped(walk, next, key)
    } else {
      const tx = walk.txs[walk.takenTxs++]
      rule(tx !== undefined, 'transactions', 'the ranges name more than the transactions')
      if (key !== undefined) remember(walk, key, tx)
    }
  }
  rule(takenKeys === range.keys.length, 'idempotency', 'idempotency keys out of place')
}

function isAt(dropped: DroppedTransaction, range: TransactionRange, sequence: number): boolean {
  return (
    dropped.sequence === sequence &&
    dropped.memberId === range.memberId &&
    equalBytes(dropped.journalId, range.journalId)
  )
}

function checkDropped(walk: Walk, { reason }: DroppedTransaction, key: string | undefined): void {
  const bytes = Buffer.byteLength(reason, 'utf8')
  rule(bytes > 0 && bytes <= maxDropReasonBytes, 'dropped', `a reason has 1 to ${maxDropReasonBytes} bytes`)
  const isRemembered = key !== undefined && isTaken(walk, key)
  rule(reason !== duplicateReason || isRemembered, 'idempotency', 'dropped as a duplicate of nothing')
}

function remember(walk: Walk, key: string, tx: Uint8Array): void {
  const bytes = Buffer.byteLength(key, 'utf8')
  rule(bytes > 0 && bytes <= maxIdempotencyKeyBytes, 'idempotency', `a key has 1 to ${maxIdempotencyKeyBytes} bytes`)
  rule(!isTaken(walk, key), 'idempotency', 'a transaction whose key is remembered is not dropped')
  walk.remembered.set(key, { key, height: walk.height, transactionHash: transactionHash(tx) })
}

function isTaken(walk: Walk, key: string): boolean {
  return walk.remembered.has(key) || walk.state.keys.find(key, walk.height) !== undefined
}

function checkRememberedBytes({ state, height }: Walk, remembered: readonly RememberedKey[]): void {
  if (remembered.length === 0) return
  const added = remembered.reduce((sum, { key }) => sum + rememberedKeyBytes(key), 0)
  const bytes = state.keys.bytesAt(height) + added
  const limit = state.facts.limits.rememberedKeyBytes
  rule(bytes <= limit, 'limits', `idempotency keys would take ${bytes} bytes, at most ${limit}`)
}
