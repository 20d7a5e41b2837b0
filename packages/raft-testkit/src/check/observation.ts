import type { Entry, Envelope, FoundingRecord, HardState, RaftState, ServerId } from 'raft-core'

/** What an invariant may look at of one start of one node. */
export interface NodeObservation {
  readonly id: ServerId
  /** Which directory. */
  readonly incarnation: string
  /** Which start of it; different for every start of every directory. */
  readonly boot: string
  readonly state: Readonly<RaftState>
  readonly appliedIndex: number
}

/** What an invariant may ask about all nodes. Disks are asked by directory, also those that were lost since. */
export interface ClusterObservation {
  /** The term that a directory durably has at an index; undefined when it has none there. */
  durableTerm(id: ServerId, incarnation: string, index: number): number | undefined
  /** Last index of which a directory durably has the entry, or a snapshot that covers it. */
  durableIndex(id: ServerId, incarnation: string): number
  durableHardState(id: ServerId, incarnation: string): HardState | undefined
  /** The living node that leads this term. */
  leader(term: number): NodeObservation | undefined
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

/** What a directory durably says of the founding; undefined when it dropped its promise. */
export interface FoundingObservation {
  readonly id: ServerId
  readonly incarnation: string
  readonly record: FoundingRecord | undefined
}

/** An entry that a state machine applied; `digest` covers everything before it too. */
export interface AppliedObservation {
  readonly id: ServerId
  readonly index: number
  readonly term: number
  readonly payload: Uint8Array
  readonly digest: number
}

/** One property, checked after every event. Throws `Violation`. */
export interface Invariant {
  readonly name: string
  /** After an event on this node. */
  afterEvent?(node: NodeObservation, cluster: ClusterObservation): void
  /** A founding record, or its absence, became durable. */
  onFoundingStored?(founding: FoundingObservation): void
  /** A node asks its disk to write. */
  onWrite?(write: WriteObservation): void
  /** A node's write is durable. */
  onDurable?(write: WriteObservation): void
  /** A node dropped its log from this index on. */
  onTruncated?(node: NodeObservation, from: number): void
  /** A node completed a snapshot of its own state machine. */
  onSnapshotTaken?(node: NodeObservation, index: number): void
  /** A message leaves a node. */
  onSent?(node: NodeObservation, to: ServerId, envelope: Envelope, cluster: ClusterObservation): void
  /** A state machine applied an entry. */
  onApplied?(applied: AppliedObservation): void
  /** A state machine was replaced by a snapshot whose last entry stands at `index`. */
  onRestored?(id: ServerId, index: number, digest: number): void
  /** A client is about to propose. */
  onProposed?(serial: string): void
  /** A client was told that its proposal stands at this index. */
  onAcknowledged?(serial: string, index: number, term: number): void
  /** A client was told that its proposal was not done and never will be. */
  onRefused?(serial: string, code: string): void
  /** A client asks a node to confirm that it leads, or that it has applied all that was committed. */
  onReadAsked?(read: string): void
  onReadAnswered?(read: string, kind: 'verified' | 'barrier', node: NodeObservation): void
}
