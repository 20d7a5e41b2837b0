import { BlockStoreError, reasonOf } from '../errors.ts'

/** Whose reads they are, and whether it is being closed. */
export interface Readable {
  /** For messages: "the block store". */
  readonly name: string
  readonly isClosing: boolean
}

/**
 * Runs a read. After closing began it is `CLOSED`, also when closing overtakes it; what else the database reports is
 * `STORAGE_FAILED`. The reason of an aborted signal passes as it is.
 */
export async function reading<Result>(
  owner: Readable,
  signal: AbortSignal | undefined,
  action: () => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted()
  if (owner.isClosing) throw new BlockStoreError('CLOSED', `${owner.name} is closed`)
  try {
    return await action()
  } catch (cause) {
    if (cause instanceof BlockStoreError || (signal?.aborted && cause === signal.reason)) throw cause
    if (owner.isClosing) throw new BlockStoreError('CLOSED', `${owner.name} was closed`, { cause })
    throw new BlockStoreError('STORAGE_FAILED', `reading ${owner.name} failed: ${reasonOf(cause)}; look at the disk`, {
      cause,
    })
  }
}
