import type { Hash } from '../block/header.ts'

/**
 * The transactions that this node took: numbered from 1, fsynced before the client is told, kept until they are decided.
 *
 * A journal is an **origin**: it has a random 16-byte id, made with it. It is made anew, with an id of its own and numbers
 * from 1 again, when its files are lost or when it is opened with a lower boot counter than it recorded (an old copy). The
 * caller renews it when the state machine is ahead of it.
 *
 * **Ordering and durability.** Numbers are given in the order of the calls, without holes. A promise resolves after fsync of
 * its transactions and of all before them; after a crash the journal ends at or after the last resolved number. Reads see
 * what is durable. `STORAGE_FAILED` is final. Abort stops the waiting: the transactions may have been taken all the same.
 */
export interface TransactionJournal {
  /** 16 random bytes. Changes only in `renew`. */
  readonly id: Uint8Array

  /** The highest durable number, 0 in an empty journal. */
  readonly lastSequence: number

  /** The lowest kept number; `lastSequence + 1` when nothing is kept. */
  readonly firstSequence: number

  /** Takes transactions and gives the number of the first; the others follow it. Over the limit in bytes: `FULL`, none taken. */
  append(transactions: readonly NewTransaction[], signal?: AbortSignal): Promise<number>

  /** Transactions from `from` upwards, at least one if there is any, until their bytes pass `limitBytes`. */
  read(from: number, limitBytes: number, signal?: AbortSignal): Promise<readonly JournalTransaction[]>

  /** The kept transaction with this SHA-256 that was taken last, and what was decided about it. */
  find(hash: Hash, signal?: AbortSignal): Promise<JournalRecord | undefined>

  /** Notes what was decided, so that a client can still be told after a restart. Need not be durable at once. */
  decide(outcomes: readonly DecidedTransaction[], signal?: AbortSignal): Promise<void>

  /**
   * Says that everything through this number is decided: `read` is not asked for it again. Outcomes stay findable until the
   * implementation's limit in bytes makes room. Need not be durable at once.
   */
  release(through: number, signal?: AbortSignal): Promise<void>

  /**
   * Begins a new journal: another id, numbers from 1. What the old one held undecided becomes `dropped` for the reason
   * `origin closed` and stays findable as such. Durable when resolved.
   */
  renew(signal?: AbortSignal): Promise<void>

  /** Finishes what was asked for and releases the directory. Later calls reject with `CLOSED`. */
  close(): Promise<void>
}

export interface NewTransaction {
  readonly bytes: Uint8Array
  /** At most 128 bytes of UTF-8; travels with the transaction into the replicated state. */
  readonly idempotencyKey?: string
}

/** A transaction and its number. */
export interface JournalTransaction extends NewTransaction {
  readonly sequence: number
}

/** A transaction of this journal, or of one it replaced, and what is known of it. */
export interface JournalRecord {
  /** Id of the journal that took it. */
  readonly journalId: Uint8Array
  readonly sequence: number
  readonly outcome: TransactionOutcome
}

export interface DecidedTransaction {
  readonly sequence: number
  readonly outcome: TransactionOutcome
}

/** A transaction has exactly one of the last three in the end. */
export type TransactionOutcome =
  | { readonly kind: 'pending' }
  /** In the block at this height. */
  | { readonly kind: 'committed'; readonly height: number }
  | { readonly kind: 'dropped'; readonly reason: string }
  /** Decided inside a gap of this node's history: backfill will tell the height. */
  | { readonly kind: 'decided' }
