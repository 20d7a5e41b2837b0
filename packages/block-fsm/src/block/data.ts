import type { Hash, Header, Height, Signer, TimeNs } from './header.ts'

/** Repeats the header, and links the data chain. */
export interface Metadata {
  readonly chainId: string
  readonly height: Height
  readonly timeNs: TimeNs
  /** `dataHash` of the Data one height below; empty at the first block. */
  readonly lastDataHash: Hash
}

/** A block's transactions: ev-node's `Data`. */
export interface Data {
  /** Absent only in the form whose hash is the header's data hash. */
  readonly metadata?: Metadata
  readonly txs: readonly Uint8Array[]
}

/** Data with the proposer's signature over the encoded Data, as it is submitted to a DA layer. */
export interface SignedData {
  readonly data: Data
  readonly signature: Uint8Array
  readonly signer: Signer
}

/** A header and its data. */
export interface Block {
  readonly header: Header
  readonly data: Data
}
