import type { Entry, HardState, RaftState, ServerId } from 'raft-core'

/** What an invariant may look at of one node, after an event on it. */
export interface NodeObservation {
  readonly id: ServerId
  /** Which directory, and which start of it. */
  readonly incarnation: string
  readonly bootCounter: number
  readonly state: Readonly<RaftState>
  readonly appliedIndex: number
}

/** What an invariant may ask about all nodes. */
export interface ClusterObservation {
  /** The durable entry of a directory, whoever runs on it; undefined when it has none, or the directory is gone. */
  durableTerm(id: ServerId, incarnation: string, index: number): number | undefined
}

/** A write of one node to its log. */
export interface WriteObservation {
  readonly id: ServerId
  readonly incarnation: string
  /** What precedes the first entry. */
  readonly previousTerm: number
  readonly entries: readonly Entry[]
  readonly hardState: HardState | undefined
}

/** One property, checked after every event. Throws `Violation`. */
export interface Invariant {
  readonly name: string
  /** After an event on this node. */
  afterEvent?(node: NodeObservation, cluster: ClusterObservation): void
  /** A node asks its disk to write. */
  onWrite?(write: WriteObservation): void
  /** A node dropped its log from this index on. */
  onTruncated?(node: NodeObservation, from: number): void
  /** A node's write is durable. */
  onDurable?(write: WriteObservation): void
  /** A state machine applied an entry; `digest` covers everything before it too. */
  onApplied?(id: ServerId, index: number, term: number, payload: Uint8Array, digest: number): void
  /** A client was told that its proposal stands at this index. */
  onAcknowledged?(serial: string, index: number, term: number): void
}
