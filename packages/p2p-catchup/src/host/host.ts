import type { Libp2p } from '@libp2p/interface'
import type { PeerName } from '../ports/history-peers.ts'

/** A running libp2p node. */
export interface Host {
  /** Its peer id in text form, `12D3KooW…`. */
  readonly peerId: PeerName
  /** The node itself, for further protocols such as gossip. Stopping it is the host's business. */
  readonly libp2p: Libp2p
  /** Where it listens, each with `/p2p/<peer id>`. */
  addresses(): readonly string[]
  /** Peers that it is connected to. */
  connected(): readonly PeerName[]
  /** Disconnects the peer and keeps it away for the ban's time. */
  ban(peer: PeerName, reason: string): void
  /** Why a peer is banned; undefined when it is not. */
  banReason(peer: PeerName): string | undefined
  /** Disconnects everybody and stops listening. Also happens when the signal given at creation is aborted. */
  stop(): Promise<void>
}
