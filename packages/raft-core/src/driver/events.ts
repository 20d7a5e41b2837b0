import type { FoundingRecord } from '../founding.ts'
import type { LogIndex, ServerId, Term } from '../types.ts'
import type { RaftEvent } from '../step/event.ts'

/** Everything a node reports, in the order in which it happened. */
export type NodeEvent =
  | RaftEvent
  /** Why there is no cluster yet; again only when it changes. */
  | { readonly kind: 'waitingForCluster'; readonly reason: string }
  | { readonly kind: 'clusterFound'; readonly record: FoundingRecord }
  | { readonly kind: 'applied'; readonly index: LogIndex; readonly term: Term }
  | { readonly kind: 'snapshotTaken'; readonly index: LogIndex; readonly term: Term }
  /** The state machine did not give its state; the log stays, and it is asked again later. */
  | { readonly kind: 'snapshotNotTaken'; readonly error: Error }
  | { readonly kind: 'snapshotNotSent'; readonly to: ServerId; readonly error: Error }
  | { readonly kind: 'frame'; readonly from: ServerId; readonly channel: string; readonly payload: Uint8Array }
  | { readonly kind: 'peerUp'; readonly id: ServerId }
  | { readonly kind: 'peerDown'; readonly id: ServerId; readonly reason: string }
  /** The node stops because going on would be unsafe. The process should end. */
  | { readonly kind: 'failed'; readonly error: Error }
