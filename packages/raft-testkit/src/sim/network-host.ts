import type { Envelope, ServerId, TransportHandler, TransportPeer, TransportSelf } from 'raft-core'

/** A process that attaches to the network. */
export interface Attachment {
  readonly id: ServerId
  /** Runs `action` in the process, if it lives by then. */
  deliver(action: () => void): void
  isPaused(): boolean
  /** The process sends; false when it died before it could. */
  sends(to: ServerId, envelope: Envelope): boolean
}

/** One process as the network sees it, from its start to its end. */
export interface Host {
  readonly id: ServerId
  readonly process: Attachment
  readonly handler: TransportHandler
  self: TransportSelf
  peers: readonly TransportPeer[]
  /** Peers that it believes to be connected to. */
  readonly connected: Set<ServerId>
  readonly dialing: Set<ServerId>
}

export function isNamed(host: Host, peer: ServerId): boolean {
  return host.peers.some(({ id }) => id === peer)
}
