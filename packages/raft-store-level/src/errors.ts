/** Stable codes of every error that this package reports. */
export type StoreErrorCode =
  | 'DIRECTORY_UNUSABLE' // cannot be created, read or written
  | 'DIRECTORY_LOCKED' // a living process holds it
  | 'FORMAT_UNKNOWN' // not written by this package, or by a newer version
  | 'DAMAGED' // bytes that do not match their checksum
  | 'OUT_OF_ORDER' // an append that does not follow the log's end
  | 'WRITE_FAILED' // final: nobody knows what is on disk
  | 'READ_FAILED'
  | 'CLOSED'
  | 'SNAPSHOT_GONE'

/** Base of every error of this package. Test `code`, never the message. */
export class StoreError extends Error {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
  }
}
