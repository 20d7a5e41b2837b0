import type { NodeEvent, RoleChangeCause, Term } from 'raft-core'

/** Why leadership changed, as far as this member can tell. */
export type LeadershipChangeCause = Exclude<RoleChangeCause, 'electionWon' | 'electionLost' | 'leaderFound'>

export const leadershipChangeCauses: readonly LeadershipChangeCause[] = [
  'started',
  'heartbeatTimeout',
  'leaderSuspected',
  'transfer',
  'leaseLost',
  'higherTerm',
  'removed',
]

/**
 * Tells from a node's events when another leadership began, and why the one before it ended.
 *
 * What Raft says of a role is about one step (a campaign was won, a leader was found); the reason lies further back, where this
 * member gave the leader up, was asked to take over, or lost its own leadership. A member that noticed nothing of the kind was
 * overtaken: `higherTerm`.
 */
export class LeadershipChanges {
  #term: Term | undefined
  #reason: LeadershipChangeCause | undefined
  #isLeader = false

  /** The cause when the event made another leadership known; undefined for every other event. */
  take(event: NodeEvent): LeadershipChangeCause | undefined {
    if (event.kind === 'roleChanged') {
      this.#noteReason(event.role, event.cause)
      this.#isLeader = event.role === 'leader'
    }
    if (event.kind !== 'leaderChanged' || event.leader === undefined) return undefined
    const reason = this.#term === undefined ? 'started' : (this.#reason ?? 'higherTerm')
    this.#reason = undefined
    // The same leadership again, after it had been doubted.
    if (event.term === this.#term) return undefined
    this.#term = event.term
    return reason
  }

  #noteReason(role: string, cause: RoleChangeCause): void {
    if (cause === 'electionWon' || cause === 'electionLost' || cause === 'leaderFound') return
    // A campaign that fails because somebody is ahead does not change why it was begun.
    if (role === 'follower' && !this.#isLeader) return
    this.#reason = cause
  }
}
