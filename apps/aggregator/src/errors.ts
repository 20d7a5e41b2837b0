/**
 * Stable codes of every error that the program reports by itself. A room of the program that needs another code adds it
 * here, so that this union stays the list of what can go wrong.
 */
export type AggregatorErrorCode =
  | 'USAGE'
  | 'CONFIG_INVALID'
  | 'GENESIS_INVALID'
  | 'HOME_EXISTS'
  | 'HOME_UNUSABLE'
  | 'PORT_IN_USE'
  | 'DIVERGED'
  | 'ROOT_DIFFERS'
  | 'REJECTED_CANDIDATE'
  | 'TRANSACTION_INVALID'
  | 'OVERLOADED'
  | 'NO_CLUSTER'
  | 'FRAME_INVALID'
  | 'NOT_REACHABLE'
  | 'RAFT_DIRECTORY_LOST' // blocks or guard marks beside an empty Raft directory
  | 'RAFT_DIRECTORY_OLDER' // its log forgot what it had acknowledged
  | 'FORKED' // two hashes for one height on this disk
  | 'OTHER_CLUSTER' // parts of another chain, genesis or cluster
  | 'EV_NODE_HOME'
  | 'HOME_IN_USE' // a living process runs in it

/** Base of every error of the program. Test `code`, never the message; the message says what to do. */
export class AggregatorError extends Error {
  readonly code: AggregatorErrorCode

  constructor(code: AggregatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AggregatorError'
    this.code = code
  }
}

/** What the process exits with: 2 when the command line or the configuration is wrong, 1 for everything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof AggregatorError && (error.code === 'USAGE' || error.code === 'CONFIG_INVALID') ? 2 : 1
}
