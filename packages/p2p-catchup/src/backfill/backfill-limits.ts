/** Times in milliseconds, sizes in bytes. */
export interface BackfillLimits {
  /**
   * Answers on their way and answers that wait for their turn. Default 16 MiB. The piece that everything waits for may go
   * beyond it by one message, and half as much again may be on its way to the disk.
   */
  readonly windowBytes: number
  /** Asked for with one request, as far as sizes can be guessed. Default 1 MiB: a stream costs two milliseconds. */
  readonly answerBytes: number
  /** Largest single item that is taken at all. Default 10 MiB, ev-node's limit. */
  readonly itemBytes: number
  /** Requests to one peer at once; a peer begins with two. Default 8. */
  readonly requestsPerPeer: number
  /** The longest that any request may take. Default 60 000. */
  readonly requestTimeoutMs: number
  /** When the next piece in line is asked of a second peer too, unless answers usually take a third of it. Default 500. */
  readonly hedgeMs: number
  /** First pause of a peer that failed; doubles with each failure in a row, half of it random. Default 250. */
  readonly pauseMinMs: number
  /** Default 30 000. */
  readonly pauseMaxMs: number
}

const mebibyte = 1024 * 1024

export const defaultBackfillLimits: BackfillLimits = {
  windowBytes: 16 * mebibyte,
  answerBytes: mebibyte,
  itemBytes: 10 * mebibyte,
  requestsPerPeer: 8,
  requestTimeoutMs: 60_000,
  hedgeMs: 500,
  pauseMinMs: 250,
  pauseMaxMs: 30_000,
}
