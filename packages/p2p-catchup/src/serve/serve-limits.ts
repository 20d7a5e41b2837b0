/** Times in milliseconds, sizes in bytes. The times are go-header's. */
export interface ServeLimits {
  /** Answers on their way, over all peers; one item of each may go beyond. Default 64 MiB. */
  readonly heldBytes: number
  /** Of these, for one peer. Default 2 MiB: eight pieces. */
  readonly heldBytesPerPeer: number
  /** Open request streams of one connection and protocol; more are reset. Default 32. */
  readonly streamsPerConnection: number
  /** Read and sent at once; one item may be larger. Default 256 KiB: large enough for the muxer, small for the memory. */
  readonly pieceBytes: number
  /** An answer ends once it has this many bytes, with at least one item; the peer asks again for the rest. Default 4 MiB. */
  readonly answerBytes: number
  /** Sent to one peer in a second, with bursts of a second. Default unlimited. */
  readonly bytesPerSecondPerPeer: number
  /** For the request to come. Default 60 000. */
  readonly readTimeoutMs: number
  /** For a request's turn, and for each read of the store. Default 10 000. */
  readonly handleTimeoutMs: number
  /** For each piece to leave. Default 8000. */
  readonly writeTimeoutMs: number
}

export const defaultServeLimits: ServeLimits = {
  heldBytes: 64 * 1024 * 1024,
  heldBytesPerPeer: 2 * 1024 * 1024,
  streamsPerConnection: 32,
  pieceBytes: 256 * 1024,
  answerBytes: 4 * 1024 * 1024,
  bytesPerSecondPerPeer: Number.POSITIVE_INFINITY,
  readTimeoutMs: 60_000,
  handleTimeoutMs: 10_000,
  writeTimeoutMs: 8000,
}
