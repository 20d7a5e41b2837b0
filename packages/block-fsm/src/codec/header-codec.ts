import { evnode } from '../../gen/evnode.js'
import { noBytes } from '../bytes.ts'
import type { Header, HeaderEnvelope, LegacyFields, SignedHeader, Signer, Version } from '../block/header.ts'
import { BlockError } from '../errors.ts'
import { bytesOf, decodeMessage } from './decode.ts'
import { bigintFromLong, safeIntegerFromLong } from './long.ts'
import { Writer } from './writer.ts'

/** ev-node's limit for one legacy hash. */
const maxLegacyHashBytes = 1024

/** Every chain since the legacy fields went has 32 zero bytes where the consensus hash was. */
const defaultConsensusHash = new Uint8Array(32)

/**
 * The canonical encoding of a header, which is also what the proposer signs. The version is always there; legacy fields
 * follow all others, as ev-node writes fields that it does not know any more.
 */
export function encodeHeader(header: Header): Uint8Array {
  return new Writer(320 + header.appHash.length)
    .message(1, encodeVersion(header.version))
    .uint(2, header.height)
    .uint(3, header.timeNs)
    .bytes(4, header.lastHeaderHash)
    .bytes(6, header.dataHash)
    .bytes(8, header.appHash)
    .bytes(10, header.proposerAddress)
    .bytes(11, header.validatorHash)
    .string(12, header.chainId)
    .bytes(5, header.legacy?.lastCommitHash ?? noBytes)
    .bytes(7, header.legacy?.consensusHash ?? noBytes)
    .bytes(9, header.legacy?.lastResultsHash ?? noBytes)
    .finish()
}

/**
 * The encoding from before the legacy fields went: all in numeric position, height and time also when zero, the consensus
 * hash 32 zero bytes unless it is given.
 */
export function encodeLegacyHeader(header: Header): Uint8Array {
  const consensusHash = header.legacy?.consensusHash ?? noBytes
  return new Writer(480 + header.appHash.length)
    .message(1, encodeVersion(header.version))
    .alwaysUint(2, header.height)
    .alwaysUint(3, header.timeNs)
    .bytes(4, header.lastHeaderHash)
    .bytes(5, header.legacy?.lastCommitHash ?? noBytes)
    .bytes(6, header.dataHash)
    .bytes(7, consensusHash.length === 0 ? defaultConsensusHash : consensusHash)
    .bytes(8, header.appHash)
    .bytes(9, header.legacy?.lastResultsHash ?? noBytes)
    .bytes(10, header.proposerAddress)
    .bytes(11, header.validatorHash)
    .string(12, header.chainId)
    .finish()
}

/** Reads a header in any encoding of it, also a legacy one. Fields nobody knows are dropped, as ev-node drops them. */
export function decodeHeader(bytes: Uint8Array): Header {
  return headerFrom(decodeMessage('header', bytes, (reader) => evnode.v1.Header.decode(reader)))
}

/** The canonical encoding of a signed header, and what an envelope signature is made over. The signer is always there. */
export function encodeSignedHeader(signed: SignedHeader): Uint8Array {
  return signedHeaderFields(encodeHeader(signed.header), signed).finish()
}

/** Reads a signed header; one without a header is `UNDECODABLE`. */
export function decodeSignedHeader(bytes: Uint8Array): SignedHeader {
  return signedHeaderFrom(decodeMessage('signed header', bytes, (reader) => evnode.v1.SignedHeader.decode(reader)))
}

/** The canonical encoding of ev-node's DAHeaderEnvelope. */
export function encodeHeaderEnvelope(envelope: HeaderEnvelope): Uint8Array {
  return signedHeaderFields(encodeHeader(envelope.header), envelope).bytes(4, envelope.envelopeSignature).finish()
}

/** Reads a DAHeaderEnvelope; one without a header is `UNDECODABLE`. */
export function decodeHeaderEnvelope(bytes: Uint8Array): HeaderEnvelope {
  const message = decodeMessage('header envelope', bytes, (reader) => evnode.v1.DAHeaderEnvelope.decode(reader))
  return { ...signedHeaderFrom(message), envelopeSignature: bytesOf(message.envelopeSignature) }
}

/** A signed header's fields 1 to 3, to which p2p messages and envelopes add their fourth. */
export function signedHeaderFields(header: Uint8Array, signed: Pick<SignedHeader, 'signature' | 'signer'>): Writer {
  return new Writer(header.length + 256)
    .message(1, header)
    .bytes(2, signed.signature)
    .message(3, encodeSigner(signed.signer))
}

/** ev-node's Signer; empty when unsigned. */
export function encodeSigner(signer: Signer): Uint8Array {
  return new Writer().bytes(1, signer.address).bytes(2, signer.publicKey).finish()
}

/** What generated code decoded, as a signer. Without a key ev-node takes the whole signer for absent. */
export function signerFrom(message: evnode.v1.Signer.$Properties | null | undefined): Signer {
  const publicKey = bytesOf(message?.pubKey)
  return publicKey.length === 0 ? unsigned : { address: bytesOf(message?.address), publicKey }
}

/** What generated code decoded, as a signed header. */
export function signedHeaderFrom(message: {
  header?: evnode.v1.Header.$Properties | null
  signature?: Uint8Array | null
  signer?: evnode.v1.Signer.$Properties | null
}): SignedHeader {
  if (!message.header) throw new BlockError('UNDECODABLE', 'a signed header without a header; ask another peer')
  return {
    header: headerFrom(message.header),
    signature: bytesOf(message.signature),
    signer: signerFrom(message.signer),
  }
}

const unsigned: Signer = { address: noBytes, publicKey: noBytes }

function encodeVersion(version: Version): Uint8Array {
  return new Writer(22).uint(1, version.block).uint(2, version.app).finish()
}

function headerFrom(message: evnode.v1.Header.$Properties): Header {
  const legacy = legacyFrom(message)
  return {
    version: {
      block: bigintFromLong(message.version?.block ?? 0),
      app: bigintFromLong(message.version?.app ?? 0),
    },
    height: safeIntegerFromLong(message.height ?? 0, 'a block height'),
    timeNs: bigintFromLong(message.time ?? 0),
    lastHeaderHash: bytesOf(message.lastHeaderHash),
    dataHash: bytesOf(message.dataHash),
    appHash: bytesOf(message.appHash),
    proposerAddress: bytesOf(message.proposerAddress),
    validatorHash: bytesOf(message.validatorHash),
    chainId: message.chainId ?? '',
    ...(legacy && { legacy }),
  }
}

function legacyFrom(message: evnode.v1.Header.$Properties): LegacyFields | undefined {
  const lastCommitHash = bytesOf(message.lastCommitHash)
  const consensusHash = bytesOf(message.consensusHash)
  const lastResultsHash = bytesOf(message.lastResultsHash)
  const longest = Math.max(lastCommitHash.length, consensusHash.length, lastResultsHash.length)
  if (longest > maxLegacyHashBytes) {
    throw new BlockError(
      'UNDECODABLE',
      `a legacy hash of ${longest} bytes; ev-node takes at most ${maxLegacyHashBytes}`,
    )
  }
  return longest === 0 ? undefined : { lastCommitHash, consensusHash, lastResultsHash }
}
