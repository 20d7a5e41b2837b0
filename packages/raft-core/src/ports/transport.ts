import type { Envelope } from '../message.ts'
import type { Member, ServerId } from '../types.ts'
import type { Done } from './completion.ts'

/**
 * Carries envelopes between members: at most once, unordered as far as the receiver may assume, never altered.
 *
 * Sending never blocks and never fails loudly: a message that cannot be delivered, or that finds its queue full, is
 * dropped. A lost connection is reported at once, because that is how a dead leader is noticed in milliseconds.
 */
export interface Transport {
  /** Starts listening and dialing. `done` is called when peers can reach this node. */
  start(self: TransportSelf, handler: TransportHandler, done: Done): void
  /**
   * Tells what a connection's hello says from now on, after formation gave the node a cluster or a recovery raised the epoch.
   */
  identify(self: TransportSelf): void
  /** Whom to keep connections to. A peer that is no longer named is disconnected. */
  setPeers(peers: readonly TransportPeer[]): void
  /** Queues a message for `to`, a named peer or one that dialed this node. */
  send(to: ServerId, envelope: Envelope): void
  /** Says goodbye (`reconnect`) to all peers, closes connections and stops listening. */
  close(done: Done): void
}

/** What every hello says. */
export interface TransportSelf {
  readonly member: Member
  /** 64 hex digits, empty before a cluster is founded. A peer without one is let in: it may be an applicant. */
  readonly clusterId: string
  readonly epoch: number
  readonly bootCounter: number
  readonly bootNonce: string
}

export interface TransportPeer {
  readonly id: ServerId
  /** `host:port`. */
  readonly address: string
}

/** How the transport speaks to the node. Calls come one at a time, never from inside a call to the transport. */
export interface TransportHandler {
  message(envelope: Envelope): void
  /** A connection to the peer answered its hello. */
  peerUp(peer: Member): void
  /** The connection is gone, or an attempt to make one ended. */
  peerDown(id: ServerId, reason: PeerDownReason): void
}

/**
 * Why a peer is not connected. Only `refused` (nobody listens there, or reset before any hello answer) says that its
 * process is dead; `closed` is followed at once by a new attempt.
 */
export type PeerDownReason =
  | 'closed'
  | 'refused'
  | 'unreachable' // no route, a timeout, a name that does not resolve
  | 'rejected' // refused by name: another cluster, a doubled id, a failed certificate
  | 'goodbye' // closed on purpose
