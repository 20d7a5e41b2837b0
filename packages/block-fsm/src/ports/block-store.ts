import type { Hash, Header, Height, Signer } from '../block/header.ts'
import type { Data } from '../block/data.ts'
import type { Anchor, CommittedBlock, CommittedHeader } from '../stages/committed.ts'
import type { ExecutedBlock } from '../stages/executed.ts'
import type { HeaderSignature } from '../stages/header-signature.ts'
import type { TransactionResult } from './executor.ts'

/**
 * The committed chain on disk: headers, data, signatures, what execution gave, cursors.
 *
 * **Ordering and durability.** Each write is one atomic batch. Writes take effect in the order in which they were called,
 * whatever is awaited, and a promise resolves only after its batch and all before it are fsynced; an implementation may
 * group several into one fsync. Every read sees every write that resolved before it was called. After a crash each batch is
 * there whole or not at all, and never without those before it.
 *
 * **Failure.** A write rejected with `STORAGE_FAILED` is final: all later writes reject too, and the node stops. `CONFLICT`,
 * `GAP` and `NOT_STORED` change nothing and leave the store usable. Abort stops the waiting, not a write that has begun.
 *
 * **Trust.** It holds only what the types prove to be committed, so a block read back is a committed block. It checks no
 * hashes again but does detect damaged records (`STORAGE_FAILED` names the height).
 */
export interface BlockStore extends BlockReader {
  /**
   * Stores whole blocks: ascending and without a hole inside one call, at any height of the chain. Blocks above the tip come
   * right after their verdict; blocks below come from backfill, whose headers are usually there already.
   *
   * A height that holds the same hash is left as it is (its data is added when only the header was there). Another hash at a
   * height, a first block whose parent is stored with another hash than it names, or a last block that the stored header above
   * does not name: `CONFLICT`.
   */
  putBlocks(blocks: readonly CommittedBlock[], signal?: AbortSignal): Promise<void>

  /** Stores headers of blocks whose data is not there yet: a backfill's spine. As `putBlocks`, in either order of heights. */
  putHeaders(headers: readonly CommittedHeader[], signal?: AbortSignal): Promise<void>

  /** Stores verified signatures; one whose header is not stored is `NOT_STORED`. Replaces an unverified one, never a verified one. */
  putSignatures(signatures: readonly HeaderSignature[], signal?: AbortSignal): Promise<void>

  /** Stores signatures as a peer claims them. They are never served nor sealed before `putSignatures` confirms them. */
  putClaimedSignatures(claims: readonly ClaimedSignature[], signal?: AbortSignal): Promise<void>

  /**
   * Writes what execution of the next blocks gave, each block's state row, its transactions in the index and `cursors`, in
   * one batch. The first block is one above `status().executed`, else `GAP`; a block that is not stored is `NOT_STORED`. A
   * height that was executed with the same root is left as it is; with another root, `CONFLICT`.
   */
  putExecution(
    blocks: readonly ExecutedBlock[],
    cursors?: Readonly<Record<string, number>>,
    signal?: AbortSignal,
  ): Promise<void>

  /** Sets named cursors of publishers and the like: non-negative safe integers. */
  putCursors(cursors: Readonly<Record<string, number>>, signal?: AbortSignal): Promise<void>

  /** Remembers an anchor beside those that are there. The same height with another hash is `CONFLICT`. */
  putAnchor(anchor: Anchor, signal?: AbortSignal): Promise<void>

  /** Keeps evidence of a fork, such as a validly signed header that conflicts. Beyond its limit in bytes the oldest goes. */
  putEvidence(evidence: Evidence, signal?: AbortSignal): Promise<void>

  /**
   * Takes every height from `from` on out of the chain, with signatures, state rows and index entries, into quarantine,
   * where nothing is served and from where nothing returns by itself. Afterwards the store is as if they had never come.
   */
  quarantine(from: Height, reason: string, signal?: AbortSignal): Promise<void>

  /**
   * Declares that history begins at `earliest`, because the executor's state was installed there: the blocks below are not
   * awaited any more, `executed` becomes `earliest - 1` with that root. Only upwards.
   */
  startAt(earliest: Height, rootBefore: Uint8Array, signal?: AbortSignal): Promise<void>

  /** Finishes what was asked for, then releases the directory. Later calls reject with `CLOSED`. */
  close(): Promise<void>
}

/** Reading the committed chain. What is not there is `undefined`, never an error. */
export interface BlockReader {
  /** Where the store stands, from memory: durable writes only. */
  status(): BlockStoreStatus

  /** Header, data if it is there, and signature at a height. */
  get(height: Height, signal?: AbortSignal): Promise<StoredRecord | undefined>

  /** The height of a header hash. */
  heightOf(hash: Hash, signal?: AbortSignal): Promise<Height | undefined>

  /**
   * Records from `from` upwards while they are contiguous, at least one if there is any, until `limitBytes` of encoded headers
   * and data are reached or `to` is passed.
   */
  range(from: Height, to: Height, limitBytes: number, signal?: AbortSignal): Promise<readonly StoredRecord[]>

  /** What execution of a height gave. */
  state(height: Height, signal?: AbortSignal): Promise<StateRow | undefined>

  /** Where the transactions with this SHA-256 stand, ascending: the same bytes may have been sent more than once. */
  findTransaction(hash: Hash, signal?: AbortSignal): Promise<readonly TransactionPlace[]>

  /** A cursor as last set, 0 when it never was. */
  cursor(name: string, signal?: AbortSignal): Promise<number>

  /** Every remembered anchor, highest first. */
  anchors(signal?: AbortSignal): Promise<readonly StoredAnchor[]>

  /** Kept evidence, oldest first. */
  evidence(signal?: AbortSignal): Promise<readonly Evidence[]>

  /** What was quarantined, oldest first: ranges and reasons. */
  quarantined(signal?: AbortSignal): Promise<readonly QuarantinedRange[]>
}

/** Where a store stands. */
export interface BlockStoreStatus {
  /** First height that is awaited: the chain's initial height, or the first above an installed executor state. */
  readonly earliest: Height
  /** Every block from `earliest` through this is there; `earliest - 1` when the first one is missing. */
  readonly contiguous: Height
  /** The highest whole block; above `contiguous` when there is a gap; `earliest - 1` when there is none. */
  readonly highest: Height
  /** Every block from `earliest` through this was executed. At most `contiguous`. */
  readonly executed: Height
  /** Root after `executed`: the executor's genesis root, or that of an installed state, before the first block. */
  readonly executedRoot: Uint8Array
  /** Every block from `earliest` through this has a verified signature. At most `contiguous`. */
  readonly sealed: Height
  /** Whole blocks: ascending, disjoint, not adjacent. */
  readonly blocks: readonly Interval[]
  /** Headers, with or without data: ascending, disjoint, not adjacent. */
  readonly headers: readonly Interval[]
}

/** Heights `from` through `to`, both included. */
export interface Interval {
  readonly from: Height
  readonly to: Height
}

/** A height of the chain as it is stored. */
export interface StoredRecord {
  readonly height: Height
  readonly hash: Hash
  readonly header: Header
  /** Undefined when only the header is there. With metadata. */
  readonly data: Data | undefined
  readonly signature: StoredSignature | undefined
}

/** A signature as it is stored. */
export interface StoredSignature {
  /** 64 bytes of Ed25519 over the encoded header. */
  readonly signature: Uint8Array
  readonly signer: Signer
  readonly isVerified: boolean
}

/** A signature that nobody verified yet. */
export interface ClaimedSignature {
  readonly height: Height
  readonly hash: Hash
  readonly signature: Uint8Array
  readonly signer: Signer
}

/** What execution of a block gave. */
export interface StateRow {
  readonly height: Height
  readonly hash: Hash
  /** State root after the block: what the next header names as its app hash. */
  readonly stateRoot: Uint8Array
  /** One for each transaction, in order. */
  readonly results: readonly TransactionResult[]
}

/** Where a transaction stands, and what came of it. */
export interface TransactionPlace {
  readonly height: Height
  /** Position among the block's transactions, from 0. */
  readonly index: number
  readonly result: TransactionResult
}

/** An anchor as it is stored. */
export interface StoredAnchor {
  readonly height: Height
  readonly hash: Hash
  readonly source: 'raft' | 'operator'
}

/** What is kept for a person to look at. */
export interface Evidence {
  /** For example `conflicting-header`, `root-disagreement`, `rejected-candidate`. */
  readonly kind: string
  readonly height: Height
  /** The message as it came, encoded. */
  readonly bytes: Uint8Array
  /** Unix time in milliseconds. */
  readonly atMs: number
}

/** Heights that were taken out of the chain. */
export interface QuarantinedRange extends Interval {
  readonly reason: string
}
