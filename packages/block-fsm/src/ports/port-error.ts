/**
 * What a caller of a port has to tell apart. An implementation throws its own coded error class; where a port's contract
 * names one of these codes, the error's `code` is it. An aborted call rejects with the signal's reason instead.
 */
export type PortErrorCode =
  | 'STORAGE_FAILED' // reading, writing or fsync failed: final, the node stops; nobody knows what is on disk
  | 'CONFLICT' // another block stands at this height: evidence of a fork or of damage, never overwritten
  | 'GAP' // what comes just before is missing
  | 'NOT_STORED' // the block that this belongs to is not there
  | 'FULL' // a limit in bytes is reached: try later, nothing was taken
  | 'CLOSED'
  | 'DOUBLE_SIGN' // another hash was recorded for this height: the node halts
  | 'UNLINKED' // a height without a record, and no hash link to a recorded one
  | 'NOT_COMMITTED' // what was given is not a committed block
  | 'KEY_UNAVAILABLE' // the key, or the remote signer, cannot be used now
  | 'EXECUTOR_FAILED' // the executor could not be asked or broke; the block is fine: this node is unready
  | 'STATE_MISMATCH' // the executor stands on another state than the caller says

/** True when the error carries the code, whichever package's class it is. */
export function hasCode(error: unknown, code: PortErrorCode): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
