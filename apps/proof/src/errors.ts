export type ProofErrorCode =
  | 'USAGE'
  /** Something that was waited for did not come. */
  | 'TIMED_OUT'
  /** A process ended that nobody told to. */
  | 'NODE_DIED'
  /** What nodes show contradicts itself, or what they promised. */
  | 'AUDIT_FAILED'
  /** A program that prepares a story failed. */
  | 'SET_UP_FAILED'
  /** The source has changed, and with it what a mutant would replace. */
  | 'MUTANT_STALE'

/** Base of every error of this app. Test `code`, never the message. */
export class ProofError extends Error {
  readonly code: ProofErrorCode

  constructor(code: ProofErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProofError'
    this.code = code
  }
}
