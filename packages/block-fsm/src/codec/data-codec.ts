import { evnode } from '../../gen/evnode.js'
import type { Data, Metadata, SignedData } from '../block/data.ts'
import { BlockError } from '../errors.ts'
import { bytesOf, decodeMessage } from './decode.ts'
import { encodeSigner, signerFrom } from './header-codec.ts'
import { bigintFromLong, safeIntegerFromLong } from './long.ts'
import { Writer } from './writer.ts'

/** The canonical encoding of block data, which is also what the proposer signs for DA. */
export function encodeData(data: Data): Uint8Array {
  return dataFields(data).finish()
}

/** The canonical encoding of transactions without metadata: the pre-image of a header's data hash. */
export function encodeTransactions(txs: readonly Uint8Array[]): Uint8Array {
  return encodeData({ txs })
}

/** Reads block data in any encoding of it. */
export function decodeData(bytes: Uint8Array): Data {
  return dataFrom(decodeMessage('block data', bytes, (reader) => evnode.v1.Data.decode(reader)))
}

/** The canonical encoding of metadata. */
export function encodeMetadata(metadata: Metadata): Uint8Array {
  return new Writer()
    .string(1, metadata.chainId)
    .uint(2, metadata.height)
    .uint(3, metadata.timeNs)
    .bytes(4, metadata.lastDataHash)
    .finish()
}

/** The canonical encoding of signed data. */
export function encodeSignedData(signed: SignedData): Uint8Array {
  const data = encodeData(signed.data)
  return new Writer(data.length + 256)
    .message(1, data)
    .bytes(2, signed.signature)
    .message(3, encodeSigner(signed.signer))
    .finish()
}

/** Reads signed data; without data it is `UNDECODABLE`. */
export function decodeSignedData(bytes: Uint8Array): SignedData {
  const message = decodeMessage('signed data', bytes, (reader) => evnode.v1.SignedData.decode(reader))
  if (!message.data) throw new BlockError('UNDECODABLE', 'signed data without data; ask another peer')
  return { data: dataFrom(message.data), signature: bytesOf(message.signature), signer: signerFrom(message.signer) }
}

/** Data's fields 1 and 2, to which the p2p message adds its third. */
export function dataFields(data: Data): Writer {
  return new Writer(sizeHint(data)).message(1, data.metadata && encodeMetadata(data.metadata)).each(2, data.txs)
}

/** What generated code decoded, as block data. */
export function dataFrom(message: {
  metadata?: evnode.v1.Metadata.$Properties | null
  txs?: Uint8Array[] | null
}): Data {
  return { ...(message.metadata && { metadata: metadataFrom(message.metadata) }), txs: message.txs ?? [] }
}

function metadataFrom(message: evnode.v1.Metadata.$Properties): Metadata {
  return {
    chainId: message.chainId ?? '',
    height: safeIntegerFromLong(message.height ?? 0, 'a block height'),
    timeNs: bigintFromLong(message.time ?? 0),
    lastDataHash: bytesOf(message.lastDataHash),
  }
}

function sizeHint(data: Data): number {
  let bytes = 128
  for (const tx of data.txs) bytes += tx.length + 6
  return bytes
}
