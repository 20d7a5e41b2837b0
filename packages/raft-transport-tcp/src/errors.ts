/** Stable codes of every error that this package reports. The first six also travel to the peer, as the code of a rejection. */
export type TransportErrorCode =
  | 'PREFACE_INVALID' // whoever connected speaks another protocol, or another version of the frames
  | 'FRAME_TOO_LARGE'
  | 'FRAME_DAMAGED' // a length, checksum, type or order that cannot be
  | 'MESSAGE_INVALID' // a whole frame that holds no message
  | 'HELLO_MISSING' // something else came first, or nothing in time
  | 'BUSY' // too many connections, or too many bytes of unnamed peers
  | 'SILENT' // a connection on which nothing is heard any more
  | 'ADDRESS_INVALID'
  | 'INVALID_OPTIONS'
  | 'LISTEN_FAILED' // port in use, no such address, not permitted
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
