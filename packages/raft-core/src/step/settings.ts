import type { Crc32 } from '../ports/hash.ts'

/** What the step is told once. Times in milliseconds, sizes in bytes; the same object serves all clones of a state. */
export interface StepSettings {
  /** A follower that heard nothing for a random 1x to 2x of this suspects the leader, but never before the lease is over. */
  readonly heartbeatTimeoutMs: number
  /** A candidate waits a random 1x to 2x of this for votes that stay unanswered. */
  readonly electionTimeoutMs: number
  /** A leader that reached no quorum for this long steps down. */
  readonly leaderLeaseTimeoutMs: number
  /** Compared before a member that came back empty is taken in again. */
  readonly chainId: string
  readonly genesisHash: string
  readonly limits: StepLimits
  readonly crc32: Crc32
}

/** Bounds of everything that the step keeps or has on the way. */
export interface StepLimits {
  /** Payload of one entry. */
  readonly entryBytes: number
  /** Records in one append request; a single larger entry still goes alone. */
  readonly appendBytes: number
  /** Append requests on the way to one follower. */
  readonly inflightMessages: number
  /** Their bytes. */
  readonly inflightBytes: number
  /** Appended and not yet committed; proposals beyond are refused. */
  readonly uncommittedBytes: number
  /** Committed entries kept in memory for followers near the tip. */
  readonly cacheBytes: number
  /** Entries that may be applied before this node's own disk has them. */
  readonly appliedAheadEntries: number
}

/** How long a leader may be silent before anybody takes its place: no less than its lease, in which it has reason to go on. */
export function patienceMs({ heartbeatTimeoutMs, leaderLeaseTimeoutMs }: StepSettings): number {
  return Math.max(heartbeatTimeoutMs, leaderLeaseTimeoutMs)
}

/** The leader beats this often: a fifth of the shorter timeout, at least 5 ms. */
export function heartbeatIntervalMs(settings: StepSettings): number {
  return Math.max(5, Math.min(settings.heartbeatTimeoutMs, settings.leaderLeaseTimeoutMs) / 5)
}
