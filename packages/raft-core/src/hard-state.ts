import type { LogPosition } from './entry.ts'
import type { LogIndex, Member, Term } from './types.ts'

/**
 * What must survive a crash beside the log, written with it in one atomic record before any answer that depends on it.
 */
export interface HardState {
  readonly term: Term
  /** Who got this node's vote in `term`. */
  readonly votedFor: Member | undefined
  /** Raised by a recovery after loss of quorum; messages of lower epochs are refused. */
  readonly epoch: number
  /** While the log does not reach this, the node may not campaign. */
  readonly floor: LogPosition | undefined
  /** What peers last reported of themselves, sorted by id. */
  readonly remembered: readonly PeerMemory[]
}

/** What a member last reported of itself; a later term replaces an earlier one. */
export interface PeerMemory {
  readonly member: Member
  readonly term: Term
  readonly lastLogTerm: Term
  readonly lastLogIndex: LogIndex
  readonly bootCounter: number
  /** 16 hex digits, drawn at each start. */
  readonly bootNonce: string
}

/** The hard state of a node that never ran. */
export const initialHardState: HardState = { term: 0, votedFor: undefined, epoch: 0, floor: undefined, remembered: [] }
