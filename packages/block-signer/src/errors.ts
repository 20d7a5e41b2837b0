import type { PortErrorCode } from 'block-fsm'

/** Stable codes of every error that this package reports; those of the ports mean what the ports say. */
export type SignerErrorCode =
  | Extract<
      PortErrorCode,
      'STORAGE_FAILED' | 'CLOSED' | 'DOUBLE_SIGN' | 'UNLINKED' | 'NOT_COMMITTED' | 'KEY_UNAVAILABLE'
    >
  | 'KEY_FILE_MISSING'
  | 'KEY_FILE_BROKEN' // not ev-node's format, or fields that do not fit
  | 'KEY_FILE_EXISTS' // never overwritten
  | 'PASSPHRASE_WRONG'
  | 'GUARD_FOREIGN' // stamped for another chain or cluster
  | 'GUARD_LOCKED' // a living process holds it

/** Base of every error of this package. Test `code`, never the message. */
export class SignerError extends Error {
  readonly code: SignerErrorCode

  constructor(code: SignerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SignerError'
    this.code = code
  }
}
