import type { Deadline } from '../signals.ts'
import type { PeerName } from '../ports/history-peers.ts'
import type { Piece } from './work-queue.ts'

/** One request on its way. */
export interface Flight {
  readonly job: Job
  readonly peer: PeerName
  readonly startedAt: number
  readonly amount: number
  /** What it counts for in the window. */
  readonly reservedBytes: number
  readonly deadline: Deadline
}

/** A piece that one peer, or two, were asked for. */
export interface Job {
  readonly piece: Piece
  readonly flights: Set<Flight>
  /** An answer is there: what else comes is not needed. */
  isSettled: boolean
}
