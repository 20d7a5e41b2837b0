/** Names a server for the life of the cluster, e.g. `node-1`. Never empty. */
export type ServerId = string

/** A Raft directory: 16 random bytes as 32 lower-case hex digits. A wiped disk comes back with another one. */
export type Incarnation = string

/** Position in the log, 1 for the first entry, 0 for "before the first". A safe integer. */
export type LogIndex = number

/** Election period; at most one leader each. A safe integer, 0 before the first election. */
export type Term = number

/** Milliseconds on a monotonic clock whose zero means nothing. May have a fraction. */
export type TimeMs = number

/** Who speaks or is voted for: a server, and which of its directories. */
export interface Member {
  readonly id: ServerId
  readonly incarnation: Incarnation
}

/** True when both are the same directory of the same server. */
export function isSameMember(a: Member | undefined, b: Member | undefined): boolean {
  return a !== undefined && b !== undefined && a.id === b.id && a.incarnation === b.incarnation
}
