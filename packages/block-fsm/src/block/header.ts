/** Block height: 1 or the chain's initial height for the first block. A safe integer. */
export type Height = number

/** Unix time in nanoseconds, below 2^64. */
export type TimeNs = bigint

/** 32 bytes, or none where nothing came before. */
export type Hash = Uint8Array

/** Rules that a block follows, as ev-node writes them; real chains have both numbers zero. */
export interface Version {
  readonly block: bigint
  readonly app: bigint
}

/** A block's header: ev-node's `Header`. Byte fields are empty where ev-node omits them. */
export interface Header {
  readonly version: Version
  readonly height: Height
  readonly timeNs: TimeNs
  /** Hash of the header one height below; empty at the first block. */
  readonly lastHeaderHash: Hash
  /** What `dataCommitment` gives for the block's transactions. */
  readonly dataHash: Hash
  /** State root after the block one height below; any length, because executors choose it. */
  readonly appHash: Uint8Array
  /** SHA-256 of the proposer's raw public key. */
  readonly proposerAddress: Uint8Array
  /** Empty unless a chain fills it for light clients. */
  readonly validatorHash: Uint8Array
  readonly chainId: string
  /** Only on headers from before ev-node dropped these fields. They change the hash. New blocks never have them. */
  readonly legacy?: LegacyFields
}

/** Header fields 5, 7 and 9 of old chains; at least one is not empty. */
export interface LegacyFields {
  readonly lastCommitHash: Uint8Array
  readonly consensusHash: Uint8Array
  readonly lastResultsHash: Uint8Array
}

/** The version that ev-node gives to every block it produces. */
export const zeroVersion: Version = { block: 0n, app: 0n }

/** Who signed: ev-node's `Signer`. */
export interface Signer {
  /** SHA-256 of the raw public key; empty when unsigned. */
  readonly address: Uint8Array
  /** libp2p's encoding of the key, as `encodePublicKey` gives it; empty when unsigned. */
  readonly publicKey: Uint8Array
}

/** A header with the proposer's signature over its pre-image; signature and signer are not part of its hash. */
export interface SignedHeader {
  readonly header: Header
  /** 64 bytes of Ed25519; empty when unsigned. */
  readonly signature: Uint8Array
  readonly signer: Signer
}

/** A signed header as it is submitted to a DA layer. */
export interface HeaderEnvelope extends SignedHeader {
  /** Over the encoded SignedHeader. */
  readonly envelopeSignature: Uint8Array
}
