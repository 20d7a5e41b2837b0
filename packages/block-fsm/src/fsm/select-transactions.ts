import {
  type DroppedTransaction,
  type SequencedKey,
  type TransactionRange,
  duplicateReason,
} from '../codec/block-entry.ts'
import { BlockError } from '../errors.ts'
import type { JournalTransaction } from '../ports/transaction-journal.ts'
import { maxDropReasonBytes, maxIdempotencyKeyBytes } from './judge-ranges.ts'
import { rememberedKeyBytes } from './remembered-keys.ts'
import { type FsmState, decidedSequence, nextHeight } from './state.ts'

/** Undecided transactions of one origin, ascending without a hole. At most one run for an origin. */
export interface TransactionRun {
  readonly memberId: string
  readonly journalId: Uint8Array
  readonly transactions: readonly JournalTransaction[]
}

/** What a block decides: which transactions it holds, and which it drops. */
export interface Selection {
  readonly txs: readonly Uint8Array[]
  readonly ranges: readonly TransactionRange[]
  readonly dropped: readonly DroppedTransaction[]
}

export interface SelectionOptions {
  /**
   * Largest sum of encoded transactions, in bytes; one that is larger alone is dropped. Never more than the chain's limit for
   * a block leaves beside a 64 KiB header.
   */
  readonly limitBytes?: number
  /** Size of the app hash that the header will have, in bytes. Default 32. */
  readonly appHashBytes?: number
  /** Why a transaction can never do anything, at most 256 bytes of UTF-8; undefined when it may. */
  readonly refuse?: (tx: Uint8Array) => string | undefined
}

/** Why a transaction is dropped that no block can hold. */
export const tooLargeReason = 'too large'

/** What no transaction may count on having: room for a header whose app hash is a root or a small state. */
const headerAllowanceBytes = 64 * 1024

/** What header and metadata take beside the app hash, at most. */
const headerOverheadBytes = 1024

/** What a transaction takes in Data beside its bytes: tag and length. */
const txOverheadBytes = 6

/** What an entry takes beside header, data, ranges and drops: the other fields. */
const entryOverheadBytes = 4096

/** What a range, a key or a drop takes in the entry beside its texts. */
const itemOverheadBytes = 64

/**
 * Chooses what the next block decides, by the rules that {@link judgeRanges} holds it to.
 *
 * Of each run it takes what follows the decided transactions, as far as the block has room; what is decided already is passed
 * over, and a run that starts too late, or of a journal that is not open, is left for later. Which run comes first turns with
 * the height, so that a full one does not starve the others.
 */
export function selectTransactions(
  state: FsmState,
  runs: readonly TransactionRun[],
  options: SelectionOptions = {},
): Selection {
  const { limits } = state.facts
  const largestTxBytes = Math.min(options.limitBytes ?? Infinity, limits.blockBytes - headerAllowanceBytes)
  const headerBytes = (options.appHashBytes ?? 32) + headerOverheadBytes
  const height = nextHeight(state)
  const room: Room = {
    state,
    largestTxBytes,
    refuse: options.refuse ?? (() => undefined),
    txBytes: Math.min(largestTxBytes, limits.blockBytes - headerBytes),
    sideBytes: limits.commandBytes - limits.blockBytes - entryOverheadBytes,
    keyBytes: limits.rememberedKeyBytes - state.keys.bytesAt(height),
    taken: new Set(),
    txs: [],
    dropped: [],
  }
  const turn = runs.length === 0 ? 0 : height % runs.length
  const ranges = [...runs.slice(turn), ...runs.slice(0, turn)].flatMap((run) => takeRun(room, run))
  return { txs: room.txs, ranges, dropped: room.dropped }
}

interface Room {
  readonly state: FsmState
  readonly largestTxBytes: number
  readonly refuse: (tx: Uint8Array) => string | undefined
  txBytes: number
  sideBytes: number
  keyBytes: number
  readonly taken: Set<string>
  readonly txs: Uint8Array[]
  readonly dropped: DroppedTransaction[]
}

function takeRun(room: Room, { memberId, journalId, transactions }: TransactionRun): TransactionRange[] {
  const decided = decidedSequence(room.state, memberId, journalId)
  const undecided = transactions.filter(({ sequence }) => decided !== undefined && sequence > decided)
  const first = undecided[0]?.sequence
  if (decided === undefined || first !== decided + 1) return []
  const itemBytes = Buffer.byteLength(memberId, 'utf8') + itemOverheadBytes
  if (room.sideBytes < itemBytes) return []
  room.sideBytes -= itemBytes
  const keys: SequencedKey[] = []
  let last = decided
  for (const transaction of undecided) {
    if (transaction.sequence !== last + 1) throw new BlockError('INVALID_BLOCK', `a run of ${memberId} has a hole`)
    if (!takeOne(room, transaction, { memberId, journalId, itemBytes }, keys)) break
    last = transaction.sequence
  }
  return last === decided ? [] : [{ memberId, journalId, first, last, keys }]
}

function takeOne(
  room: Room,
  { sequence, bytes, idempotencyKey }: JournalTransaction,
  origin: { memberId: string; journalId: Uint8Array; itemBytes: number },
  keys: SequencedKey[],
): boolean {
  const reason = dropReason(room, bytes, idempotencyKey)
  const key = usableKey(idempotencyKey)
  const sideBytes =
    (key === undefined ? 0 : rememberedKeyBytes(key)) +
    (reason === undefined ? 0 : origin.itemBytes + maxDropReasonBytes)
  if (sideBytes > room.sideBytes) return false
  if (reason === undefined) {
    const txBytes = bytes.length + txOverheadBytes
    const keyBytes = key === undefined ? 0 : rememberedKeyBytes(key)
    if (txBytes > room.txBytes || keyBytes > room.keyBytes) return false
    room.txBytes -= txBytes
    room.keyBytes -= keyBytes
    room.txs.push(bytes)
    if (key !== undefined) room.taken.add(key)
  } else {
    room.dropped.push({ memberId: origin.memberId, journalId: origin.journalId, sequence, reason })
  }
  room.sideBytes -= sideBytes
  if (key !== undefined) keys.push({ sequence, key })
  return true
}

function dropReason(room: Room, bytes: Uint8Array, idempotencyKey: string | undefined): string | undefined {
  const key = usableKey(idempotencyKey)
  if (key === undefined && idempotencyKey !== undefined) return 'unusable idempotency key'
  const isTaken =
    key !== undefined && (room.taken.has(key) || room.state.keys.find(key, nextHeight(room.state)) !== undefined)
  if (isTaken) return duplicateReason
  if (bytes.length + txOverheadBytes > room.largestTxBytes) return tooLargeReason
  return room.refuse(bytes)
}

function usableKey(key: string | undefined): string | undefined {
  const bytes = key === undefined ? 0 : Buffer.byteLength(key, 'utf8')
  return bytes > 0 && bytes <= maxIdempotencyKeyBytes ? key : undefined
}
