import type { ServerId } from './types.ts'

/** Stable codes of every error that raft-core reports. */
export type RaftErrorCode =
  | 'NOT_LEADER'
  | 'UNKNOWN_OUTCOME'
  | 'SUPERSEDED'
  | 'TRANSFER_IN_PROGRESS'
  | 'TRANSFER_FAILED'
  | 'OVERLOADED'
  | 'ENTRY_TOO_LARGE'
  | 'STALE_TERM'
  | 'CONFIGURATION_IN_PROGRESS'
  | 'CONFIGURATION_INVALID'
  | 'CONFIGURATION_CHANGED'
  | 'INVALID_OPTIONS'
  | 'FOREIGN_DIRECTORY'
  | 'INVALID_RECORD'
  | 'LOG_DAMAGED'
  | 'STORAGE_FAILED'
  | 'FSM_FAILED'
  | 'NOT_EMPTY'
  | 'STOPPED'
  | 'ABORTED'
  | 'SNAPSHOT_FAILED'

/** Base of every error of this package. Test `code`, never the message. */
export class RaftError extends Error {
  readonly code: RaftErrorCode

  constructor(code: RaftErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RaftError'
    this.code = code
  }
}

/** Where the leader is, as far as a node knows. */
export interface LeaderHint {
  readonly id: ServerId
  readonly address: string
}

/** Only the leader can do what was asked. `leader` says where it is, when known. */
export class NotLeaderError extends RaftError {
  readonly leader: LeaderHint | undefined

  constructor(leader: LeaderHint | undefined) {
    super(
      'NOT_LEADER',
      leader ? `ask ${leader.id} at ${leader.address}` : 'no leader is known; try again after an election',
    )
    this.name = 'NotLeaderError'
    this.leader = leader
  }
}

/**
 * The entry may or may not be committed. Whoever must know waits until an entry of a later term is applied: by then the
 * entry is in the applied prefix, or can never be.
 */
export class UnknownOutcomeError extends RaftError {
  readonly index: number
  readonly term: number

  constructor(index: number, term: number) {
    super(
      'UNKNOWN_OUTCOME',
      `entry ${index} of term ${term} may still be committed; look again once a later term has applied`,
    )
    this.name = 'UnknownOutcomeError'
    this.index = index
    this.term = term
  }
}
