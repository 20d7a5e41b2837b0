import { sha256 } from '../bytes.ts'
import { encodeData, encodeTransactions } from '../codec/data-codec.ts'
import { encodeHeader, encodeLegacyHeader } from '../codec/header-codec.ts'
import type { Data } from './data.ts'
import type { Hash, Header } from './header.ts'

/** A Merkle tree's leaf prefix: ev-node hashes data as a tree of one leaf. */
const leafPrefix = Uint8Array.of(0)

/** The bytes whose SHA-256 is the header's hash: its encoding, or the legacy encoding when it has legacy fields. */
export function headerPreImage(header: Header): Uint8Array {
  return header.legacy ? encodeLegacyHeader(header) : encodeHeader(header)
}

/** The block's identity. It covers neither signature nor signer. */
export function headerHash(header: Header): Hash {
  return sha256(headerPreImage(header))
}

/** Links the data chain: SHA-256 of a zero byte and the Data with its metadata. Not the header's data hash. */
export function dataHash(data: Data): Hash {
  return sha256(leafPrefix, encodeData(data))
}

/** The header's data hash: SHA-256 of a zero byte and the transactions without metadata. */
export function dataCommitment(txs: readonly Uint8Array[]): Hash {
  return sha256(leafPrefix, encodeTransactions(txs))
}

/**
 * {@link dataCommitment} of canonically encoded data, without encoding its transactions again: they are what follows the
 * metadata.
 */
export function encodedDataCommitment(data: Data, bytes: Uint8Array): Hash {
  return sha256(leafPrefix, bytes.subarray(encodeData({ ...data, txs: [] }).length))
}

/** {@link dataHash} of canonically encoded data. */
export function encodedDataHash(bytes: Uint8Array): Hash {
  return sha256(leafPrefix, bytes)
}

/** What a transaction is called by: SHA-256 of its bytes. */
export function transactionHash(tx: Uint8Array): Hash {
  return sha256(tx)
}
