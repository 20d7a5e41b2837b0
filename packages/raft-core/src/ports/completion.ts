/**
 * How a port reports the end of an operation: once, never before the call that started it has returned.
 * With `error` the operation did not happen, or its outcome is unknown; the port says which.
 */
export type Done = (error?: Error) => void

/** Like {@link Done}, with a result when there is no error. */
export type DoneWith<Result> = (error: Error | undefined, result?: Result) => void
