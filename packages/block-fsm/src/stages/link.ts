import { equalBytes, toHex } from '../bytes.ts'
import { headerHash } from '../block/hash.ts'
import type { Hash, Header, Height } from '../block/header.ts'
import { metadataFor, verifyDataCommitment } from '../block/verify-chain.ts'
import { BlockError } from '../errors.ts'
import { Anchor, CommittedBlock, CommittedHeader } from './committed.ts'

/**
 * An anchor that a person vouches for: the last block of a chain that is taken over from ev-node, for example. Everything
 * below it is trusted through it, so it must not come from a peer.
 */
export function operatorAnchor(height: Height, hash: Hash): Anchor {
  return new Anchor(height, hash, 'operator')
}

/** True when the value really is a committed header or block, and no look-alike; for callers without types. */
export function isCommitted(value: unknown): value is CommittedHeader {
  return CommittedHeader.is(value)
}

/** The header that the anchor names. Another height is `WRONG_HEIGHT`, another hash `BROKEN_LINK`. */
export function headerAtAnchor(anchor: Anchor, header: Header): CommittedHeader {
  return linked(anchor.height, anchor.hash, header)
}

/** The header one height below `child`, which names its hash. Another height is `WRONG_HEIGHT`, another hash `BROKEN_LINK`. */
export function headerBelow(child: CommittedHeader, header: Header): CommittedHeader {
  return linked(child.height - 1, child.header.lastHeaderHash, header)
}

/**
 * The block of a committed header. Other transactions are `DATA_MISMATCH`.
 *
 * The metadata is rebuilt from the header and `lastDataHash`, the `dataHash` of the committed block one height below
 * (empty at the chain's first block). No header covers that hash: a wrong one is found only where the data chain meets a
 * block whose data hash is known.
 */
export function completeBlock(header: CommittedHeader, txs: readonly Uint8Array[], lastDataHash: Hash): CommittedBlock {
  verifyDataCommitment(header.header, txs)
  return new CommittedBlock(header, { metadata: metadataFor(header.header, lastDataHash), txs })
}

function linked(height: Height, hash: Hash, header: Header): CommittedHeader {
  if (header.height !== height) {
    throw new BlockError('WRONG_HEIGHT', `expected header ${height}, got ${header.height}; ask another peer`)
  }
  const actual = headerHash(header)
  if (!equalBytes(actual, hash)) {
    throw new BlockError('BROKEN_LINK', `header ${height} hashes to ${toHex(actual)}, the chain has ${toHex(hash)}`)
  }
  return new CommittedHeader(header, actual)
}
