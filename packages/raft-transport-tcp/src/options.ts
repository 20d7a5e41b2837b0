import type { AbortSignalLike, Clock, Logger } from 'raft-core'
import { TransportError } from './errors.ts'
import type { TransportMetrics } from './metrics.ts'

export interface TcpTransportOptions {
  /**
   * Where to listen, `host:port`; port 0 lets the system pick one. What peers dial is not said here: they take the address that
   * their configuration names.
   */
  readonly bindAddress: string
  readonly clock: Clock
  /** In [0, 1); spreads the redials of many nodes. */
  readonly random: () => number
  readonly logger?: Logger
  readonly metrics?: Partial<TransportMetrics>
  readonly limits?: Partial<TcpTransportLimits>
  /** Closes the transport, as `close` does. */
  readonly signal?: AbortSignalLike
}

/** Times in milliseconds, sizes in bytes. */
export interface TcpTransportLimits {
  /** One message, either way. Default 72 MiB: an entry of 64 MiB fits. */
  readonly messageBytes: number
  /** Appends, snapshot chunks and application frames waiting for one peer; a message always fits into an empty queue. Default 64 MiB. */
  readonly queueBytes: number
  /** Small messages waiting for one peer, counted apart so that appends never crowd them out. Default 1 MiB. */
  readonly urgentBytes: number
  /**
   * Handed to the socket before waiting for it to drain. What is urgent waits behind this and behind what the kernel buffers on both
   * sides, megabytes on a fast network. Default 256 KiB.
   */
  readonly socketBytes: number
  /** Unfinished large messages of all unnamed peers together. Default 256 MiB. */
  readonly guestBytes: number
  /** Connections that have not said hello yet; one more ends the oldest. Default 64. */
  readonly strangers: number
  /** Connections of peers that are not named; one more is refused. Default 64. */
  readonly guests: number
  /** From dialing to the hello's answer, and from accepting to the hello. Default 5000. */
  readonly helloTimeoutMs: number
  /** Between pings; a connection on which three in a row bring nothing is given up. Default 1000. */
  readonly pingMs: number
  /** Wait after a first failed attempt; doubled up to `redialMaxMs` and jittered by half. Default 10. */
  readonly redialMinMs: number
  /** Default 1000. */
  readonly redialMaxMs: number
  /** Least wait after being refused by name. Default 2000. */
  readonly rejectedRedialMs: number
}

const kibibyte = 1024
const mebibyte = 1024 * kibibyte

const defaultLimits: TcpTransportLimits = {
  messageBytes: 72 * mebibyte,
  queueBytes: 64 * mebibyte,
  urgentBytes: mebibyte,
  socketBytes: 256 * kibibyte,
  guestBytes: 256 * mebibyte,
  strangers: 64,
  guests: 64,
  helloTimeoutMs: 5000,
  pingMs: 1000,
  redialMinMs: 10,
  redialMaxMs: 1000,
  rejectedRedialMs: 2000,
}

/** The limits with every default filled in. All that are no positive number are named in one `INVALID_OPTIONS`. */
export function completeLimits(given: Partial<TcpTransportLimits> = {}): TcpTransportLimits {
  const limits = { ...defaultLimits, ...given }
  const wrong = Object.entries(limits).filter(([, value]) => !(Number.isFinite(value) && value > 0))
  if (wrong.length > 0) {
    const faults = wrong.map(([name, value]) => `${name} is ${value}`)
    throw new TransportError('INVALID_OPTIONS', `${faults.join('; ')}; every limit must be above 0`)
  }
  return limits
}
