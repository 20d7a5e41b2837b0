import type { PeerDownReason, ServerId } from 'raft-core'

/** Where the transport counts. Methods are called often and must be cheap; those that are missing are not called. */
export interface TransportMetrics {
  /** One message was queued for a peer. */
  sent(to: ServerId, bytes: number): void
  /** One message came. */
  received(from: ServerId, bytes: number): void
  /** One message was not queued. */
  dropped(to: ServerId, reason: DropReason): void
  /** Bytes that wait for a peer now. */
  queued(to: ServerId, bytes: number): void
  /** A ping was answered. */
  roundTrip(id: ServerId, milliseconds: number): void
  peerUp(id: ServerId): void
  peerDown(id: ServerId, reason: PeerDownReason): void
  /** A connection that somebody made was refused or given up; `code` is that of the rejection. */
  refused(code: string): void
}

/** Why a message was not queued. */
export type DropReason = 'notConnected' | 'queueFull' | 'tooLarge'
