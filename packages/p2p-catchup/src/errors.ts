/** Stable codes of every error that this package reports. */
export type CatchupErrorCode =
  | 'INVALID_OPTIONS'
  | 'NODE_KEY_MISSING'
  | 'NODE_KEY_EXISTS'
  | 'NODE_KEY_INVALID'
  | 'NODE_KEY_UNUSABLE' // the file or its directory cannot be read or written
  | 'HOST_FAILED' // libp2p could not start: port in use, no such address
  | 'STOPPED'
  | 'REQUEST_INVALID' // a request that no peer answers, ours or theirs
  | 'PEER_SILENT' // nothing, or too little, came in time
  | 'PEER_GONE' // not connected, or the connection broke
  | 'PEER_REFUSED' // it reset the stream, or does not speak the protocol
  | 'PEER_MALFORMED' // what it sent is no answer in this protocol: it is at fault
  | 'FORK' // the local store and the anchored chain differ: never overwritten, a person decides
  | 'STORE_CHANGED' // heights were taken out of the store while work on them went on: begin again
  | 'DATA_CHAIN_BROKEN' // the data chain does not meet what is stored above it
  | 'UNKNOWN_DATA_HASH' // history begins above the first block, and nobody said what its data follows

/** Base of every error of this package. Test `code`, never the message. */
export class CatchupError extends Error {
  readonly code: CatchupErrorCode

  constructor(code: CatchupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CatchupError'
    this.code = code
  }

  /** True when the value is an error of this package with the code. */
  static is(value: unknown, code: CatchupErrorCode): value is CatchupError {
    return value instanceof CatchupError && value.code === code
  }
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
