import type { PlacedConfiguration } from '../configuration.ts'
import type { LogPosition } from '../entry.ts'
import type { PeerMemory } from '../hard-state.ts'
import type { LogIndex, Member, ServerId, Term, TimeMs } from '../types.ts'
import type { LogState } from './log.ts'
import type { Progress } from './progress.ts'
import type { SeededRandom } from './random.ts'
import type { StepSettings } from './settings.ts'

/** Names a request of the driver, so that its answer finds it. */
export type RequestId = number

/** Numbers the writes of one start, ascending. */
export type WriteId = number

/** Everything a Raft node knows, as plain data. Only the step changes it; see clone.ts for copies. */
export interface RaftState {
  readonly settings: StepSettings
  readonly self: Member
  readonly clusterId: string
  epoch: number

  term: Term
  votedFor: Member | undefined
  floor: LogPosition | undefined
  remembered: readonly PeerMemory[]

  log: LogState
  /** Ascending by index. The first is in force at the snapshot, the last is the one that counts. */
  configurations: PlacedConfiguration[]
  /** Newest complete snapshot; 0@0 without one. */
  snapshot: LogPosition
  commit: LogIndex
  /** What the driver was last told to apply through. */
  applicable: LogIndex

  role: Role
  readiness: Readiness
  /** Peers whose process is known to be gone: nobody listens there. */
  gone: Set<ServerId>

  /** Writes that are not durable yet, oldest first. */
  writes: PendingWrite[]
  nextWrite: WriteId
  /** Write that carries the current term and vote; messages of this term wait for it. */
  hardStateWrite: WriteId | undefined

  random: SeededRandom
}

export type Role = Follower | PreCandidate | Candidate | Leader

export interface Follower {
  kind: 'follower'
  leader: Member | undefined
  /** When the leader was last heard; long ago when there is none. */
  heardAt: TimeMs
  /** The leader's process is known to be gone. */
  isLeaderSuspected: boolean
  /** When to campaign if nothing is heard. */
  campaignAt: TimeMs
  /** Wait after the next lost pre-vote; doubles each time. */
  preVoteBackoffMs: number
  /** Last index known to equal the leader's log in this term. */
  acceptedIndex: LogIndex
}

export interface PreCandidate {
  kind: 'preCandidate'
  votes: Map<ServerId, boolean>
  deadline: TimeMs
  preVoteBackoffMs: number
}

export interface Candidate {
  kind: 'candidate'
  votes: Map<ServerId, boolean>
  deadline: TimeMs
  isTransfer: boolean
  /** The write of the own vote, which counts once durable. */
  ownVote: WriteId
}

export interface Leader {
  kind: 'leader'
  peers: Map<ServerId, Progress>
  /** Index of the first entry of this term; nothing commits below it alone. */
  openingIndex: LogIndex
  /** Newest heartbeat round and the starts of recent ones, oldest first. */
  round: number
  rounds: Round[]
  heartbeatAt: TimeMs
  /** When a majority was last known to be behind this leader, and how long this process stood still since then. */
  quorumAt: TimeMs
  stalledMs: number
  uncommittedBytes: number
  /** Each waits until a majority answered its round. */
  reads: PendingRead[]
  transfer: Transfer | undefined
  /** Who asked for the change that is in its joint phase, if it was asked of this leader. */
  jointRequest: RequestId | undefined
}

export interface Round {
  readonly round: number
  readonly startedAt: TimeMs
}

export interface PendingRead {
  readonly request: RequestId
  readonly round: number
}

export interface Transfer {
  readonly request: RequestId
  readonly target: ServerId
  readonly deadline: TimeMs
  /** When the target was last told to campaign. */
  orderedAt: TimeMs | undefined
}

/** What the application says of itself: whether it could produce now, and how far behind it is if not. */
export interface Readiness {
  readonly isReady: boolean
  /** In the application's unit, e.g. blocks. */
  readonly lag: number
}

export interface PendingWrite {
  readonly id: WriteId
  /** Last index this write leaves in the log; lowered when a later truncation cuts below it. */
  endIndex: LogIndex
}

/** The configuration that counts: effective when appended. */
export function latestConfiguration(state: RaftState): PlacedConfiguration {
  return state.configurations.at(-1)!
}

/** The configuration in force at `index`. */
export function configurationAt(state: RaftState, index: LogIndex): PlacedConfiguration {
  return state.configurations.findLast((placed) => placed.index <= index) ?? state.configurations[0]!
}
