import { isMetadataOf } from '../block/verify-chain.ts'
import type { Data } from '../block/data.ts'
import { encodedDataCommitment, encodedDataHash } from '../block/hash.ts'
import type { Hash, Header } from '../block/header.ts'
import { equalBytes, noBytes, sha256, toHex } from '../bytes.ts'
import type { BlockEntry } from '../codec/block-entry.ts'
import { decodeData, encodeData } from '../codec/data-codec.ts'
import { decodeHeader, encodeHeader } from '../codec/header-codec.ts'
import { toError } from '../errors.ts'
import { CommittedBlock, CommittedHeader } from '../stages/committed.ts'
import { type Decision, type EntryPosition, Rejection, rule } from './decision.ts'
import { judgeRanges } from './judge-ranges.ts'
import { checkDaCursor } from './judge-other.ts'
import { type FsmState, nextHeight } from './state.ts'

/** The verdict on a block. The order of the checks is part of the rules: it decides which reason is given. */
export function judgeBlock(state: FsmState, entry: BlockEntry, commandBytes: number, at: EntryPosition): Decision {
  const block = recomputed(entry)
  if (state.tip?.height === block.header.height && equalBytes(state.tip.hash, block.hash)) {
    return { verdict: { kind: 'duplicate' } }
  }
  checkToken(state, entry, at)
  checkMetadata(state, entry, block)
  checkLink(state, block)
  checkHeightAndTime(state, block.header)
  checkLimits(state, entry, commandBytes)
  const { origins, remembered } = judgeRanges(state, entry, block.data.txs)
  checkLastSignature(state, entry)
  const daCursor = checkDaCursor(state, { headerHeight: entry.daHeaderHeight, dataHeight: entry.daDataHeight })
  const lastSignature = entry.lastSignature ?? state.lastSignature
  return {
    verdict: { kind: 'accepted', block: { height: block.header.height, hash: block.hash } },
    change: {
      fields: { origins, daCursor, lastSignature },
      remembered,
      block: () => ({ block: committed(entry, block), ...at, ranges: entry.ranges, dropped: entry.dropped }),
    },
  }
}

/** What an entry's bytes really hold. */
interface RecomputedBlock {
  readonly header: Header
  readonly data: Data
  readonly hash: Hash
  /** Links the data chain. */
  readonly dataHash: Hash
}

function recomputed(entry: BlockEntry): RecomputedBlock {
  const header = canonical('header', entry.header, decodeHeader, encodeHeader)
  const data = canonical('data', entry.data, decodeData, encodeData)
  rule(!header.legacy, 'not-canonical', 'a new block has no legacy fields')
  const hash = sha256(entry.header)
  rule(equalBytes(hash, entry.hash), 'hash', `the header hashes to ${toHex(hash)}`)
  rule(
    equalBytes(header.dataHash, encodedDataCommitment(data, entry.data)),
    'data-hash',
    'these are not the transactions of data_hash',
  )
  return { header, data, hash, dataHash: encodedDataHash(entry.data) }
}

function canonical<Message>(
  what: string,
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => Message,
  encode: (message: Message) => Uint8Array,
): Message {
  let message: Message
  try {
    message = decode(bytes)
  } catch (error) {
    throw new Rejection('undecodable', toError(error).message)
  }
  rule(equalBytes(encode(message), bytes), 'not-canonical', `the ${what} is not in its canonical form`)
  return message
}

function checkToken(state: FsmState, { token }: BlockEntry, at: EntryPosition): void {
  const { opening } = state
  const isLast = opening !== undefined && opening.term === token.term && opening.index === token.index
  const last = opening ? `${opening.term}/${opening.index}` : 'none'
  rule(isLast, 'stale-token', `built under opening ${token.term}/${token.index}, the last is ${last}`)
  rule(at.term === token.term, 'stale-token', `built in term ${token.term}, appended in term ${at.term}`)
}

function checkMetadata({ facts }: FsmState, entry: BlockEntry, { header, data }: RecomputedBlock): void {
  const { chainId, proposerAddress, version } = facts
  rule(header.chainId === chainId, 'chain', `a block of chain ${header.chainId}`)
  const isByProposer = equalBytes(header.proposerAddress, proposerAddress) && header.validatorHash.length === 0
  rule(isByProposer, 'proposer', `proposed by ${toHex(header.proposerAddress)}`)
  const isOfVersion = header.version.block === version.block && header.version.app === version.app
  rule(isOfVersion, 'proposer', `version ${header.version.block}/${header.version.app}`)
  const repeats =
    entry.height === header.height &&
    entry.timeNs === header.timeNs &&
    entry.chainId === header.chainId &&
    equalBytes(entry.parentHash, header.lastHeaderHash)
  rule(repeats, 'metadata', 'the entry does not repeat the header')
  rule(isMetadataOf(header, data.metadata), 'metadata', 'the data does not repeat the header')
}

function checkLink({ tip }: FsmState, { header, data }: RecomputedBlock): void {
  const parent = tip?.hash ?? noBytes
  rule(
    equalBytes(header.lastHeaderHash, parent),
    'link',
    `follows ${toHex(header.lastHeaderHash)}, not ${toHex(parent)}`,
  )
  const lastDataHash = data.metadata?.lastDataHash ?? noBytes
  rule(equalBytes(lastDataHash, tip?.dataHash ?? noBytes), 'link', 'does not follow the data of its parent')
}

function checkHeightAndTime(state: FsmState, header: Header): void {
  const height = nextHeight(state)
  rule(header.height === height, 'height', `height ${header.height}, expected ${height}`)
  const { tip, facts } = state
  const isLater = tip ? header.timeNs > tip.header.timeNs : header.timeNs >= facts.genesisTimeNs
  rule(isLater, 'time', `time ${header.timeNs} is not after ${tip ? tip.header.timeNs : facts.genesisTimeNs}`)
}

function checkLimits({ facts: { limits } }: FsmState, entry: BlockEntry, commandBytes: number): void {
  const blockBytes = entry.header.length + entry.data.length
  rule(blockBytes <= limits.blockBytes, 'limits', `a block of ${blockBytes} bytes, at most ${limits.blockBytes}`)
  rule(
    commandBytes <= limits.commandBytes,
    'limits',
    `an entry of ${commandBytes} bytes, at most ${limits.commandBytes}`,
  )
}

function checkLastSignature({ tip }: FsmState, { lastSignature }: BlockEntry): void {
  if (!lastSignature) return
  const isOfTip = tip !== undefined && lastSignature.height === tip.height && equalBytes(lastSignature.hash, tip.hash)
  rule(isOfTip && lastSignature.signature.length === 64, 'signature', 'not a signature of the tip')
}

function committed(entry: BlockEntry, { header, data, hash, dataHash }: RecomputedBlock): CommittedBlock {
  return new CommittedBlock(new CommittedHeader(header, hash, entry.header), data, dataHash, entry.data)
}
