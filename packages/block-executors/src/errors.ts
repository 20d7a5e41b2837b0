import type { PortErrorCode } from 'block-fsm'

/** Stable codes of every error that this package reports; those of the port mean what the port says. */
export type ExecutorErrorCode = Extract<PortErrorCode, 'EXECUTOR_FAILED' | 'STATE_MISMATCH' | 'CLOSED'>

/** Base of every error of this package. Test `code`, never the message. */
export class ExecutorError extends Error {
  readonly code: ExecutorErrorCode

  constructor(code: ExecutorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExecutorError'
    this.code = code
  }
}
