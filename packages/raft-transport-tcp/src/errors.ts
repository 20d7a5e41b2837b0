/** Stable codes of every error that this package reports. */
export type TransportErrorCode =
  | 'ADDRESS_INVALID'
  | 'LISTEN_FAILED' // port in use, no such address, not permitted
  | 'FRAME_TOO_LARGE'
  | 'FRAME_DAMAGED' // a length, checksum or type that cannot be
  | 'MESSAGE_INVALID' // a whole frame that holds no message
  | 'CLOSED'

/** Base of every error of this package. Test `code`, never the message. */
export class TransportError extends Error {
  readonly code: TransportErrorCode

  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TransportError'
    this.code = code
  }
}
