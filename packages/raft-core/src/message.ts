import type { Configuration, Server } from './configuration.ts'
import type { Entry } from './entry.ts'
import type { FoundingRecord } from './founding.ts'
import type { PeerMemory } from './hard-state.ts'
import type { SnapshotMetadata } from './snapshot-metadata.ts'
import type { LogIndex, Member, ServerId, Term } from './types.ts'

/** Protocol version in every envelope. */
export const protocolVersion = 1

/** A message and who says it. Field meanings are those of proto/raft/v1/raft.proto. */
export interface Envelope {
  readonly version: number
  /** 64 hex digits, empty before a cluster is founded. */
  readonly clusterId: string
  readonly epoch: number
  readonly from: Member
  readonly message: Message
}

/** Everything that members say to each other. */
export type Message = ConsensusMessage | FormationMessage | ApplicationFrame

export type ConsensusMessage =
  | VoteRequest
  | VoteResponse
  | AppendRequest
  | AppendResponse
  | Heartbeat
  | HeartbeatResponse
  | TimeoutNow
  | SnapshotChunk
  | SnapshotChunkResponse

export type FormationMessage = Identify | Admit

export interface VoteRequest {
  readonly kind: 'voteRequest'
  /** Of a pre-vote: the term the candidate would campaign in. */
  readonly term: Term
  readonly lastLogIndex: LogIndex
  readonly lastLogTerm: Term
  readonly preVote: boolean
  /** The leader asked for this election, so its followers do not protect it. */
  readonly transfer: boolean
}

export interface VoteResponse {
  readonly kind: 'voteResponse'
  /** The voter's own term. */
  readonly term: Term
  /** Term of the request that this answers. */
  readonly requestTerm: Term
  readonly preVote: boolean
  readonly granted: boolean
}

export interface AppendRequest {
  readonly kind: 'appendRequest'
  readonly term: Term
  readonly previousIndex: LogIndex
  readonly previousTerm: Term
  readonly commit: LogIndex
  readonly round: number
  readonly entries: readonly Entry[]
  readonly remembered: readonly PeerMemory[]
}

export interface AppendResponse {
  readonly kind: 'appendResponse'
  readonly term: Term
  readonly round: number
  readonly accepted: boolean
  /** Last index known to equal the leader's log, durable or not. */
  readonly acceptedIndex: LogIndex
  /** Last such index that survives a crash. */
  readonly durableIndex: LogIndex
  /** Of the request that this answers. */
  readonly previousIndex: LogIndex
  /** Of a refusal: term of the follower's entry at `previousIndex`, 0 when it has none. */
  readonly conflictTerm: Term
  /** Of a refusal: first index of that term, or the follower's last index + 1. */
  readonly conflictIndex: LogIndex
}

export interface Heartbeat {
  readonly kind: 'heartbeat'
  readonly term: Term
  readonly round: number
  /** Never above what the follower is known to hold. */
  readonly commit: LogIndex
  /** Last index the leader has sent to this follower. */
  readonly sentIndex: LogIndex
}

export interface HeartbeatResponse {
  readonly kind: 'heartbeatResponse'
  readonly term: Term
  readonly round: number
  readonly sentIndex: LogIndex
  readonly acceptedIndex: LogIndex
  readonly durableIndex: LogIndex
}

export interface TimeoutNow {
  readonly kind: 'timeoutNow'
  readonly term: Term
  /** The order is void if the target's log ends elsewhere. */
  readonly lastLogIndex: LogIndex
}

export interface SnapshotChunk {
  readonly kind: 'snapshotChunk'
  readonly term: Term
  readonly metadata: SnapshotMetadata
  /** Bytes of the whole snapshot. */
  readonly size: number
  readonly offset: number
  readonly data: Uint8Array
  readonly round: number
}

export interface SnapshotChunkResponse {
  readonly kind: 'snapshotChunkResponse'
  readonly term: Term
  readonly snapshotIndex: LogIndex
  readonly snapshotTerm: Term
  /** Where the sender goes on. */
  readonly nextOffset: number
  readonly installed: boolean
  readonly round: number
}

/** Waiting: empty, but not told to found a cluster; it joins only one that knows it. */
export type MemberStage = 'empty' | 'promised' | 'founded' | 'waiting'

/** What a member says of itself before, during and after formation. */
export interface Identify {
  readonly kind: 'identify'
  readonly chainId: string
  readonly genesisHash: string
  /** Hex SHA-256 of the sorted set of (id, address). */
  readonly peersHash: string
  readonly stage: MemberStage
  /** Advertised, `host:port`. */
  readonly address: string
  /** When promised or founded. */
  readonly record: FoundingRecord | undefined
  /** When founded: the latest one known. */
  readonly configuration: Configuration | undefined
  readonly leaderId: ServerId | undefined
  readonly answerWanted: boolean
  readonly bootCounter: number
  readonly bootNonce: string
}

/** A member that came back empty asks the leader to take it in again under a new incarnation. */
export interface Admit {
  readonly kind: 'admit'
  readonly server: Server
  readonly chainId: string
  readonly genesisHash: string
}

/** Bytes that a member's application sends to another's. */
export interface ApplicationFrame {
  readonly kind: 'application'
  readonly channel: string
  readonly payload: Uint8Array
}
