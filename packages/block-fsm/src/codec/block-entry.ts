import type { Hash, Height, TimeNs } from '../block/header.ts'

/** What one Raft entry says about one block: ev-node's `RaftBlockState`, fields 1 to 7, and ours from 16 on. */
export interface BlockEntry {
  readonly height: Height
  /** Blocks through this height have their headers on the DA layer. */
  readonly daHeaderHeight: Height
  /** Blocks through this height have their data on the DA layer. */
  readonly daDataHeight: Height
  /** Hash of the header. */
  readonly hash: Hash
  readonly timeNs: TimeNs
  /** The encoded header alone: the pre-image of `hash`. */
  readonly header: Uint8Array
  /** The encoded data with metadata. */
  readonly data: Uint8Array
  readonly parentHash: Hash
  readonly chainId: string
  readonly token: Token
  /** Whose transactions the block decides, in the order in which Data holds them. */
  readonly ranges: readonly TransactionRange[]
  /** Transactions inside `ranges` that are not in Data. */
  readonly dropped: readonly DroppedTransaction[]
  /** The parent's signature, when its signer is not deterministic and so cannot be asked again. */
  readonly lastSignature?: LastSignature
}

/** Names a leadership: term and log index of its opening entry. */
export interface Token {
  readonly term: number
  readonly index: number
}

/** Transactions `first` through `last` of one journal. */
export interface TransactionRange {
  readonly memberId: string
  /** 16 bytes. */
  readonly journalId: Uint8Array
  readonly first: number
  readonly last: number
  /** Ascending by sequence. */
  readonly keys: readonly SequencedKey[]
}

/** The idempotency key that came with a transaction. */
export interface SequencedKey {
  readonly sequence: number
  readonly key: string
}

/** A transaction that is decided without being in a block. */
export interface DroppedTransaction {
  readonly memberId: string
  readonly journalId: Uint8Array
  readonly sequence: number
  /** For the client; {@link duplicateReason} for a remembered idempotency key. */
  readonly reason: string
}

/** Why a transaction whose idempotency key is remembered is dropped. */
export const duplicateReason = 'duplicate'

/** A block's signature as it travels with the next entry. */
export interface LastSignature {
  readonly height: Height
  readonly hash: Hash
  /** 64 bytes of Ed25519. */
  readonly signature: Uint8Array
}
