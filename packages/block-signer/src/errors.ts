import type { Height, PortErrorCode } from 'block-fsm'

/** Stable codes of every error that this package reports; those of the ports mean what the ports say. */
export type SignerErrorCode =
  | Extract<PortErrorCode, 'STORAGE_FAILED' | 'CLOSED' | 'DOUBLE_SIGN' | 'UNLINKED' | 'NOT_COMMITTED'>
  | 'KEY_FILE_MISSING'
  | 'KEY_FILE_UNREADABLE' // there, but this user may not read it, or it cannot be written
  | 'KEY_FILE_BROKEN' // not ev-node's format, or fields that do not fit
  | 'KEY_FILE_EXISTS' // never overwritten
  | 'PASSPHRASE_WRONG'
  | 'GUARD_FOREIGN' // stamped for another chain or cluster
  | 'GUARD_LOCKED' // a living process holds it
  | 'GUARD_UNUSABLE' // its directory cannot be created, read or written
  | 'GUARD_FORMAT' // not a guard, or a newer version's
  | 'GUARD_DAMAGED' // records that were once durable do not match their checksums
  | 'INVALID_OPTIONS'

/** Base of every error of this package. Test `code`, never the message. */
export class SignerError extends Error {
  readonly code: SignerErrorCode

  constructor(code: SignerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SignerError'
    this.code = code
  }
}

/** Two hashes for one height. */
export interface GuardEvidence {
  readonly height: Height
  /** The hash that this node stands behind; lower-case hex. */
  readonly recorded: string
  /** The hash that was refused; lower-case hex. */
  readonly refused: string
}

/** A second hash for a height: this node signs nothing more until a person looked at it. */
export class DoubleSignError extends SignerError {
  readonly evidence: GuardEvidence

  constructor(evidence: GuardEvidence) {
    const { height, recorded, refused } = evidence
    super(
      'DOUBLE_SIGN',
      `block ${height} is recorded as ${recorded}, now it is ${refused}; this node signs nothing more: find out which chain it is on`,
    )
    this.name = 'DoubleSignError'
    this.evidence = evidence
  }
}

/** What the system or a library said, without the wrapping. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

/** True for an error of the file system with this code. */
export function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
