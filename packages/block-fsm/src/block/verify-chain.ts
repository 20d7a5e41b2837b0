import { equalBytes, toHex } from '../bytes.ts'
import { BlockError } from '../errors.ts'
import type { Data, Metadata } from './data.ts'
import { dataCommitment } from './hash.ts'
import type { Hash, Header, Height } from './header.ts'

/** Checks that `header` is one height above its parent and names the parent's hash. `BROKEN_LINK` or `WRONG_HEIGHT`. */
export function verifyLink(parent: { readonly height: Height; readonly hash: Hash }, header: Header): void {
  if (header.height !== parent.height + 1) {
    throw new BlockError('WRONG_HEIGHT', `header ${header.height} cannot follow block ${parent.height}`)
  }
  if (!equalBytes(header.lastHeaderHash, parent.hash)) {
    const named = toHex(header.lastHeaderHash) || 'nothing'
    throw new BlockError('BROKEN_LINK', `header ${header.height} follows ${named}, not ${toHex(parent.hash)}`)
  }
}

/** Checks that the transactions are those of the header's data hash. `DATA_MISMATCH`. */
export function verifyDataCommitment(header: Header, txs: readonly Uint8Array[]): void {
  if (!equalBytes(header.dataHash, dataCommitment(txs))) {
    throw new BlockError('DATA_MISMATCH', `these ${txs.length} transactions are not those of header ${header.height}`)
  }
}

/** Checks that data carries exactly the metadata that {@link metadataFor} gives. `METADATA_MISMATCH`. */
export function verifyMetadata(header: Header, lastDataHash: Hash, data: Data): void {
  if (!isMetadataOf(header, data.metadata) || !equalBytes(data.metadata.lastDataHash, lastDataHash)) {
    throw new BlockError('METADATA_MISMATCH', `the metadata of block ${header.height} is not that of its header`)
  }
}

/** True when the metadata repeats the header. It says nothing about the last data hash, which no header knows. */
export function isMetadataOf(header: Header, metadata: Metadata | undefined): metadata is Metadata {
  return (
    metadata !== undefined &&
    metadata.chainId === header.chainId &&
    metadata.height === header.height &&
    metadata.timeNs === header.timeNs
  )
}

/**
 * The metadata of a block, from its header and the `dataHash` of the block one height below (empty at the first block).
 * No hash covers metadata, so it is rebuilt like this and never taken from a peer.
 */
export function metadataFor(header: Header, lastDataHash: Hash): Metadata {
  return { chainId: header.chainId, height: header.height, timeNs: header.timeNs, lastDataHash }
}
