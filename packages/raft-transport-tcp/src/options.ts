import type { Clock, Logger } from 'raft-core'
import type { TransportMetrics } from './metrics.ts'

export interface TcpTransportOptions {
  /** Where to listen, `host:port`; port 0 lets the system pick one. Peers dial the address that the configuration names. */
  readonly bindAddress: string
  readonly clock: Clock
  /** In [0, 1); spreads redials of many nodes. */
  readonly random: () => number
  readonly logger?: Logger
  readonly metrics?: TransportMetrics
  readonly limits?: Partial<TcpTransportLimits>
}

/** Times in milliseconds, sizes in bytes. */
export interface TcpTransportLimits {
  /** One frame. Default 72 MiB: an entry of 64 MiB fits. */
  readonly frameBytes: number
  /** Waiting for one peer, beyond what the socket took; what does not fit is dropped. Default 128 MiB. */
  readonly queueBytes: number
  /** Handed to the socket before waiting for it to drain. Default 1 MiB. */
  readonly socketBytes: number
  /** From connecting to the hello's answer. Default 5000. */
  readonly helloTimeoutMs: number
  /** Silence after which a peer is asked whether it lives; after three times this the connection is given up. Default 1000. */
  readonly pingMs: number
  /** Wait after a first failed attempt; doubles up to `redialMaxMs`. Default 10. */
  readonly redialMinMs: number
  /** Default 1000. */
  readonly redialMaxMs: number
  /** Connections that have not said hello yet. Default 64. */
  readonly strangers: number
}

const mebibyte = 1024 * 1024

export const defaultLimits: TcpTransportLimits = {
  frameBytes: 72 * mebibyte,
  queueBytes: 128 * mebibyte,
  socketBytes: mebibyte,
  helloTimeoutMs: 5000,
  pingMs: 1000,
  redialMinMs: 10,
  redialMaxMs: 1000,
  strangers: 64,
}
