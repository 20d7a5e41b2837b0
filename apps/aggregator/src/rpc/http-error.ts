/** An answer that is not a success: becomes `{code, message, hint}` with its status. */
export class HttpError extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string

  constructor(status: number, code: string, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'HttpError'
    this.status = status
    this.code = code
    this.hint = hint
  }
}
