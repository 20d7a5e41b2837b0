import type { PortErrorCode } from 'block-fsm'

/** Stable codes of every error that this package reports; those of the port mean what the port says. */
export type ExecutorErrorCode =
  | Extract<PortErrorCode, 'EXECUTOR_FAILED' | 'STATE_MISMATCH' | 'CLOSED'>
  | 'DIRECTORY_UNUSABLE' // cannot be created, read or written
  | 'DIRECTORY_LOCKED' // a living process holds it
  | 'FORMAT_UNKNOWN' // not written by this package
  | 'FORMAT_NEWER' // written by a newer version of it
  | 'STATE_ROOT_DIFFERS' // written under another rule for state roots
  | 'FOREIGN_CHAIN' // written for another chain

/** Base of every error of this package. Test `code`, never the message. */
export class ExecutorError extends Error {
  readonly code: ExecutorErrorCode

  constructor(code: ExecutorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExecutorError'
    this.code = code
  }
}

/** What LevelDB or the file system said, without the wrapping. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
