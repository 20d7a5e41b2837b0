/** Stable codes of every error that this package reports. */
export type StoreErrorCode =
  | 'INVALID_OPTIONS'
  | 'DIRECTORY_UNUSABLE' // cannot be created, read or written
  | 'DIRECTORY_LOCKED' // a living process holds it
  | 'FORMAT_UNKNOWN' // not written by this package, or by a newer version
  | 'DAMAGED' // bytes that do not match their checksum, or files that are gone
  | 'OUT_OF_ORDER' // an append, compaction or reset that does not fit the log; nothing was written
  | 'TOO_LARGE' // above a limit; nothing was written
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

/** What to tell a reader of an error that a library or the system gave; LevelDB's own words are in the cause. */
export function reasonOf(error: unknown): string {
  const innermost = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return innermost instanceof Error ? innermost.message : String(innermost)
}

/** The code of an error or of its cause: LevelDB's (`LEVEL_LOCKED`), the system's (`ENOENT`), or none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const inner = codeOf(error.cause)
  return inner ?? ('code' in error && typeof error.code === 'string' ? error.code : undefined)
}
