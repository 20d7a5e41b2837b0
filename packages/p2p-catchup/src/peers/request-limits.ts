/** Times in milliseconds, sizes in bytes. */
export interface RequestLimits {
  /** Silence after which a peer is given up. Default 8000, go-header's time for a request. */
  readonly silenceMs: number
  /** Slowest answer that is waited for. Default 16 KiB a second: far below any link that could follow a chain. */
  readonly slowestBytesPerSecond: number
  /** Largest message. Default 10 MiB, as ev-node raises go-header's: twice its largest blob. */
  readonly messageBytes: number
  /** Open request streams of one connection and protocol. Default 16. */
  readonly streamsPerConnection: number
}

export const defaultRequestLimits: RequestLimits = {
  silenceMs: 8000,
  slowestBytesPerSecond: 16 * 1024,
  messageBytes: 10 * 1024 * 1024,
  streamsPerConnection: 16,
}
