import type { Height } from 'block-fsm'

/** A libp2p peer id in its text form. */
export type PeerName = string

/**
 * Who can be asked for history, and how. Nothing that comes from here is trusted.
 *
 * A request resolves with what the peer answered, a prefix of what was asked for, or rejects: `PEER_MALFORMED` when what came
 * is no answer at all (the peer is at fault), `PEER_SILENT`, `PEER_GONE` or `PEER_REFUSED` when it may do better later. An
 * aborted request rejects with the signal's reason and is forgotten.
 */
export interface HistoryPeers {
  /** Peers that can be asked now. */
  list(): readonly HistoryPeer[]
  /** Headers `from` through `from + amount - 1`, each an encoded `P2PSignedHeader`. */
  requestHeaders(peer: PeerName, request: HistoryRequest, signal: AbortSignal): Promise<HistoryAnswer>
  /** Data of the same heights, each an encoded `P2PData`. */
  requestData(peer: PeerName, request: HistoryRequest, signal: AbortSignal): Promise<HistoryAnswer>
  /** Calls `changed` whenever `list` may answer differently; the returned function unsubscribes. */
  onChange(changed: () => void): () => void
  /** The peer was proven wrong: it is not listed again for as long as its ban lasts. */
  convict(conviction: Conviction): void
}

export interface HistoryPeer {
  readonly peer: PeerName
  /** Most heights that one request may ask it for. */
  readonly pageLimit: number
}

export interface HistoryRequest {
  readonly from: Height
  /** From 1 to the peer's page limit. */
  readonly amount: number
  /** Bytes of items to take; what would go beyond is not read. */
  readonly limitBytes: number
}

export interface HistoryAnswer {
  /** In order from the first height asked for, without a hole. None: the peer does not have the first height. */
  readonly items: readonly Uint8Array[]
  /** Sum of the items. */
  readonly bytes: number
  /** The next item has this many bytes and was not read, because it goes beyond the limit. */
  readonly nextItemBytes?: number
  /** What follows is missing because the stream broke or was too slow, not because the peer ended it. */
  readonly isBroken?: boolean
}

/** What a peer is held responsible for. */
export interface Conviction {
  readonly peer: PeerName
  readonly kind: ConvictionKind
  /** Height of the first wrong item. */
  readonly height: Height
  /** What was wrong, with hashes. */
  readonly reason: string
  /** The wrong item as it came, at most 64 KiB of it; none when nothing was readable. */
  readonly bytes: Uint8Array
}

/** `malformed`: no answer in this protocol. The others: an item that the trusted chain does not have there. */
export type ConvictionKind = 'malformed' | 'wrong-header' | 'wrong-data' | 'wrong-signature'
