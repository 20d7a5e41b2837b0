import type { Configuration } from '../configuration.ts'
import type { Entry } from '../entry.ts'
import type { Envelope } from '../message.ts'
import type { PeerDownReason } from '../ports/transport.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import type { LogIndex, ServerId, Term } from '../types.ts'
import type { Readiness, RequestId, WriteId } from './state.ts'

/** Everything that can happen to a Raft node. */
export type Input =
  | { readonly kind: 'message'; readonly envelope: Envelope }
  | { readonly kind: 'propose'; readonly proposals: readonly Proposal[] }
  | { readonly kind: 'verifyLeader'; readonly request: RequestId }
  | { readonly kind: 'transfer'; readonly request: RequestId; readonly target: ServerId | undefined }
  | ChangeConfiguration
  /** This write and all before it survive a crash now. */
  | { readonly kind: 'durable'; readonly write: WriteId }
  /** A read of the log for a follower ended. */
  | { readonly kind: 'entriesRead'; readonly to: ServerId; readonly term: Term; readonly entries: readonly Entry[] }
  /** A snapshot of this node's own state machine is complete. */
  | { readonly kind: 'snapshotTaken'; readonly metadata: SnapshotMetadata; readonly compactTo: LogIndex }
  /** A leader's snapshot is complete in the snapshot store; the step decides whether it replaces the log. */
  | { readonly kind: 'snapshotReceived'; readonly metadata: SnapshotMetadata; readonly term: Term }
  /** Sending a snapshot ended without the follower installing it. */
  | { readonly kind: 'snapshotFailed'; readonly to: ServerId }
  | { readonly kind: 'peerUp'; readonly id: ServerId }
  | { readonly kind: 'peerDown'; readonly id: ServerId; readonly reason: PeerDownReason }
  | { readonly kind: 'readiness'; readonly readiness: Readiness }
  /** The deadline passed, or nothing did. `stalledMs` is how much later than asked the caller woke. */
  | { readonly kind: 'time'; readonly stalledMs: number }

export interface Proposal {
  readonly request: RequestId
  readonly type: 'command' | 'barrier'
  readonly payload: Uint8Array
  /** Refuse unless the node leads this term. */
  readonly term: Term | undefined
}

export interface ChangeConfiguration {
  readonly kind: 'changeConfiguration'
  readonly request: RequestId
  readonly configuration: Configuration
  /** Refuse unless the latest configuration stands at this index. */
  readonly expectedIndex: LogIndex | undefined
}
