import type { PortErrorCode } from 'block-fsm'

/** Stable codes of every error that this package reports; those of the ports mean what the ports say. */
export type BlockStoreErrorCode =
  | Extract<PortErrorCode, 'STORAGE_FAILED' | 'CONFLICT' | 'GAP' | 'NOT_STORED' | 'FULL' | 'CLOSED'>
  | 'DIRECTORY_UNUSABLE' // cannot be created, read or written
  | 'DIRECTORY_LOCKED' // a living process holds it
  | 'FORMAT_UNKNOWN' // not written by this package
  | 'FORMAT_NEWER' // written by a newer version of it
  | 'FOREIGN_CHAIN' // written for another chain
  | 'FOREIGN_CLUSTER' // managed by another cluster
  | 'INVALID_ARGUMENT' // a bug of the caller; nothing was changed

/** Base of every error of this package. Test `code`, never the message. */
export class BlockStoreError extends Error {
  readonly code: BlockStoreErrorCode

  constructor(code: BlockStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BlockStoreError'
    this.code = code
  }
}

/** What LevelDB or the file system said, without the wrapping. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
