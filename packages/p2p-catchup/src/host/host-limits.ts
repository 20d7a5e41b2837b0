/** Times in milliseconds. */
export interface HostLimits {
  /** Open connections in both directions; beyond it the least valued go, configured peers last. Default 64. */
  readonly connections: number
  /** Connections that are still shaking hands. Default 16. */
  readonly pendingConnections: number
  /** New connections a second from one address. Default 16: several nodes may share a machine. */
  readonly connectionsPerSecond: number
  /** Open streams of one connection, each direction, over all protocols. Default 128. */
  readonly streamsPerConnection: number
  /** What a peer may send on one stream before it is read. Default 1 MiB; at least 256 KiB, yamux's first window. */
  readonly streamBufferBytes: number
  /** From dialing to a secured connection, also for incoming ones. Default 10 000. */
  readonly dialTimeoutMs: number
  /** Wait before a configured peer is dialed again; doubles up to `redialMaxMs`, half of it random. Default 1000. */
  readonly redialMinMs: number
  /** Default 30 000. */
  readonly redialMaxMs: number
  /** How long a banned peer is kept away. Default an hour. */
  readonly banMs: number
}

export const defaultHostLimits: HostLimits = {
  connections: 64,
  pendingConnections: 16,
  connectionsPerSecond: 16,
  streamsPerConnection: 128,
  streamBufferBytes: 1024 * 1024,
  dialTimeoutMs: 10_000,
  redialMinMs: 1000,
  redialMaxMs: 30_000,
  banMs: 3_600_000,
}
