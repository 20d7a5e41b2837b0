import { evnode } from '../../gen/evnode.js'
import type { Data } from '../block/data.ts'
import type { SignedHeader } from '../block/header.ts'
import { dataFields, dataFrom } from './data-codec.ts'
import { decodeMessage } from './decode.ts'
import { encodeHeader, signedHeaderFields, signedHeaderFrom } from './header-codec.ts'
import { bigintFromLong } from './long.ts'

/** A signed header as ev-node's peers exchange it. */
export interface P2PSignedHeader extends SignedHeader {
  /** DA height where the header may be found, 0 when not known. */
  readonly daHeightHint: bigint
}

/** Block data as ev-node's peers exchange it. */
export interface P2PData extends Data {
  /** DA height where the data may be found, 0 when not known. */
  readonly daHeightHint: bigint
}

/** The canonical encoding; the hint is always there. */
export function encodeP2PSignedHeader(signed: P2PSignedHeader): Uint8Array {
  return signedHeaderFields(encodeHeader(signed.header), signed).alwaysUint(4, signed.daHeightHint).finish()
}

/** Reads a signed header from a peer; an absent hint is 0. */
export function decodeP2PSignedHeader(bytes: Uint8Array): P2PSignedHeader {
  const message = decodeMessage('p2p header', bytes, (reader) => evnode.v1.P2PSignedHeader.decode(reader))
  return { ...signedHeaderFrom(message), daHeightHint: bigintFromLong(message.daHeightHint ?? 0) }
}

/** The canonical encoding; the hint is always there. */
export function encodeP2PData(data: P2PData): Uint8Array {
  return dataFields(data).alwaysUint(3, data.daHeightHint).finish()
}

/** Reads block data from a peer; an absent hint is 0. */
export function decodeP2PData(bytes: Uint8Array): P2PData {
  const message = decodeMessage('p2p data', bytes, (reader) => evnode.v1.P2PData.decode(reader))
  return { ...dataFrom(message), daHeightHint: bigintFromLong(message.daHeightHint ?? 0) }
}
