import type { evnode } from '../../gen/evnode.js'
import type { BlockEntry, DroppedTransaction, LastSignature, Token, TransactionRange } from './block-entry.ts'
import { bytesOf } from './decode.ts'
import { bigintFromLong, safeIntegerFromLong } from './long.ts'
import { Writer } from './writer.ts'

/** The canonical encoding of RaftBlockState. */
export function encodeBlockEntry(entry: BlockEntry): Uint8Array {
  return new Writer(entry.header.length + entry.data.length + 512)
    .uint(1, entry.height)
    .uint(2, entry.daHeaderHeight)
    .uint(3, entry.daDataHeight)
    .bytes(4, entry.hash)
    .uint(5, entry.timeNs)
    .bytes(6, entry.header)
    .bytes(7, entry.data)
    .bytes(16, entry.parentHash)
    .string(17, entry.chainId)
    .message(18, encodeToken(entry.token))
    .each(19, entry.ranges.map(encodeRange))
    .each(20, entry.dropped.map(encodeDropped))
    .message(21, entry.lastSignature && encodeLastSignature(entry.lastSignature))
    .finish()
}

/** What generated code decoded, as a block entry. */
export function blockEntryFrom(message: evnode.v1.RaftBlockState.$Properties): BlockEntry {
  return {
    height: safeIntegerFromLong(message.height ?? 0, 'a block height'),
    daHeaderHeight: safeIntegerFromLong(message.lastSubmittedDaHeaderHeight ?? 0, 'a DA cursor'),
    daDataHeight: safeIntegerFromLong(message.lastSubmittedDaDataHeight ?? 0, 'a DA cursor'),
    hash: bytesOf(message.hash),
    timeNs: bigintFromLong(message.timestamp ?? 0),
    header: bytesOf(message.header),
    data: bytesOf(message.data),
    parentHash: bytesOf(message.parentHash),
    chainId: message.chainId ?? '',
    token: tokenFrom(message.token),
    ranges: (message.ranges ?? []).map(rangeFrom),
    dropped: (message.dropped ?? []).map(droppedFrom),
    ...(message.lastSignature && { lastSignature: lastSignatureFrom(message.lastSignature) }),
  }
}

/** The canonical encoding of Token. */
export function encodeToken(token: Token): Uint8Array {
  return new Writer(24).uint(1, token.term).uint(2, token.index).finish()
}

/** What generated code decoded, as a token; zeros when absent. */
export function tokenFrom(message: evnode.v1.Token.$Properties | null | undefined): Token {
  return {
    term: safeIntegerFromLong(message?.term ?? 0, 'a term'),
    index: safeIntegerFromLong(message?.index ?? 0, 'a log index'),
  }
}

/** The canonical encoding of BlockSignature. */
export function encodeLastSignature(last: LastSignature): Uint8Array {
  return new Writer().uint(1, last.height).bytes(2, last.hash).bytes(3, last.signature).finish()
}

/** What generated code decoded, as a signature. */
export function lastSignatureFrom(message: evnode.v1.BlockSignature.$Properties): LastSignature {
  return {
    height: safeIntegerFromLong(message.height ?? 0, 'a block height'),
    hash: bytesOf(message.hash),
    signature: bytesOf(message.signature),
  }
}

function encodeRange(range: TransactionRange): Uint8Array {
  return new Writer()
    .string(1, range.memberId)
    .bytes(2, range.journalId)
    .uint(3, range.first)
    .uint(4, range.last)
    .each(
      5,
      range.keys.map(({ sequence, key }) => new Writer(64).uint(1, sequence).string(2, key).finish()),
    )
    .finish()
}

function rangeFrom(message: evnode.v1.TransactionRange.$Properties): TransactionRange {
  return {
    memberId: message.memberId ?? '',
    journalId: bytesOf(message.journalId),
    first: safeIntegerFromLong(message.first ?? 0, 'a sequence'),
    last: safeIntegerFromLong(message.last ?? 0, 'a sequence'),
    keys: (message.keys ?? []).map((entry) => ({
      sequence: safeIntegerFromLong(entry.sequence ?? 0, 'a sequence'),
      key: entry.key ?? '',
    })),
  }
}

function encodeDropped(dropped: DroppedTransaction): Uint8Array {
  return new Writer(96)
    .string(1, dropped.memberId)
    .bytes(2, dropped.journalId)
    .uint(3, dropped.sequence)
    .string(4, dropped.reason)
    .finish()
}

function droppedFrom(message: evnode.v1.DroppedTransaction.$Properties): DroppedTransaction {
  return {
    memberId: message.memberId ?? '',
    journalId: bytesOf(message.journalId),
    sequence: safeIntegerFromLong(message.sequence ?? 0, 'a sequence'),
    reason: message.reason ?? '',
  }
}
