import type { PeerDownReason, ServerId } from 'raft-core'

/** Where the transport counts. Every method is called often and must be cheap. */
export interface TransportMetrics {
  sent(to: ServerId, bytes: number): void
  received(from: ServerId, bytes: number): void
  /** A message found its queue full, or nobody to go to. */
  dropped(to: ServerId): void
  peerDown(id: ServerId, reason: PeerDownReason): void
}
