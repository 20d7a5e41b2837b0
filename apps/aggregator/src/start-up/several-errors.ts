import { AggregatorError, type AggregatorErrorCode } from '../errors.ts'

/** More than one thing is in the way of a start. The code is that of the first, the message has one line for each. */
export class SeveralErrors extends AggregatorError {
  readonly errors: readonly Error[]

  constructor(code: AggregatorErrorCode, errors: readonly Error[]) {
    super(code, errors.map(({ message }) => message).join('\n'))
    this.name = 'SeveralErrors'
    this.errors = errors
  }
}

/** Runs all checks and throws what went wrong: the one error, or all of them at once. */
export async function allOf(checks: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: Error[] = []
  for (const check of checks) {
    try {
      await check()
    } catch (error) {
      if (error instanceof SeveralErrors) errors.push(...error.errors)
      else errors.push(error instanceof Error ? error : new Error(String(error)))
    }
  }
  const [first, ...others] = errors
  if (first === undefined) return
  if (others.length === 0) throw first
  throw new SeveralErrors(first instanceof AggregatorError ? first.code : 'HOME_UNUSABLE', errors)
}
