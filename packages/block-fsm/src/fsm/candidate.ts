import type { Data } from '../block/data.ts'
import { dataCommitment, headerHash } from '../block/hash.ts'
import type { Hash, Header, Height, TimeNs } from '../block/header.ts'
import { metadataFor } from '../block/verify-chain.ts'
import { noBytes } from '../bytes.ts'
import type { BlockEntry, LastSignature, Token } from '../codec/block-entry.ts'
import { encodeCommand } from '../codec/command-codec.ts'
import { encodeData } from '../codec/data-codec.ts'
import { encodeHeader } from '../codec/header-codec.ts'
import { BlockError } from '../errors.ts'
import type { Selection } from './select-transactions.ts'
import { type DaCursor, type FsmState, nextHeight } from './state.ts'

/** A block that nobody decided on yet. It is bound to its token: after that leadership it must not be proposed any more. */
export interface Candidate {
  readonly height: Height
  readonly hash: Hash
  readonly header: Header
  readonly data: Data
  readonly token: Token
  /** The entry's payload, for `propose(command, { term: token.term })`. */
  readonly command: Uint8Array
  /** How far the clock is behind the parent's time, in nanoseconds: 0 unless time had to be clamped, which is worth a warning. */
  readonly clampedByNs: bigint
}

/** What the next block is made of. */
export interface CandidateParts {
  /** The wall clock, as unix nanoseconds. */
  readonly nowNs: TimeNs
  /** State root after the tip; the genesis root for the first block. */
  readonly appHash: Uint8Array
  /** From {@link selectTransactions} on the same state. */
  readonly selection: Selection
  /** DA cursors, if they are further than the state's. */
  readonly daCursor?: DaCursor
  /** The tip's signature, when its signer is not deterministic. */
  readonly lastSignature?: LastSignature
}

/** A selection of nothing. */
export const emptySelection: Selection = { txs: [], ranges: [], dropped: [] }

/**
 * Builds the next block on the state's tip, under its last opening. The first block has the genesis time; later ones the wall
 * clock, but at least a nanosecond after their parent. Without an opening it is `INVALID_BLOCK`: such a node must not build.
 */
export function buildCandidate(state: FsmState, parts: CandidateParts): Candidate {
  const { facts, tip, opening: token } = state
  if (!token) throw new BlockError('INVALID_BLOCK', 'no opening is applied yet; a leader builds after its own')
  const { timeNs, clampedByNs } = timeOf(state, parts.nowNs)
  const { txs, ranges, dropped } = parts.selection
  const header: Header = {
    version: facts.version,
    height: nextHeight(state),
    timeNs,
    lastHeaderHash: tip?.hash ?? noBytes,
    dataHash: dataCommitment(txs),
    appHash: parts.appHash,
    proposerAddress: facts.proposerAddress,
    validatorHash: noBytes,
    chainId: facts.chainId,
  }
  const data: Data = { metadata: metadataFor(header, tip?.dataHash ?? noBytes), txs }
  const daCursor = parts.daCursor ?? state.daCursor
  const block: BlockEntry = {
    height: header.height,
    daHeaderHeight: daCursor.headerHeight,
    daDataHeight: daCursor.dataHeight,
    hash: headerHash(header),
    timeNs,
    header: encodeHeader(header),
    data: encodeData(data),
    parentHash: header.lastHeaderHash,
    chainId: header.chainId,
    token,
    ranges,
    dropped,
    ...(parts.lastSignature && { lastSignature: parts.lastSignature }),
  }
  const command = encodeCommand({ version: 1, body: { kind: 'block', block } })
  return { height: header.height, hash: block.hash, header, data, token, command, clampedByNs }
}

function timeOf({ facts, tip }: FsmState, nowNs: TimeNs): { timeNs: TimeNs; clampedByNs: bigint } {
  if (!tip) return { timeNs: facts.genesisTimeNs, clampedByNs: 0n }
  const earliest = tip.header.timeNs + 1n
  return nowNs >= earliest ? { timeNs: nowNs, clampedByNs: 0n } : { timeNs: earliest, clampedByNs: earliest - nowNs }
}
