import type { Entry, LogPosition } from '../entry.ts'
import type { RaftError } from '../errors.ts'
import type { Message, SnapshotChunk } from '../message.ts'
import type { HardState } from '../hard-state.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import type { LogIndex, Member, ServerId, Term } from '../types.ts'
import type { RaftEvent } from './event.ts'
import type { RequestId, WriteId } from './state.ts'

/** What the driver must do after a step, in this order. */
export type Effect =
  | WriteEffect
  | SendEffect
  /** Committed entries through `index` may be applied. */
  | { readonly kind: 'apply'; readonly index: LogIndex }
  /** Read entries for a follower and answer with `entriesRead`. */
  | {
      readonly kind: 'readEntries'
      readonly to: ServerId
      readonly term: Term
      readonly from: LogIndex
      readonly end: LogIndex
      readonly limitBytes: number
    }
  /** Stream the newest snapshot to a follower; report `snapshotFailed` if that ends without success. */
  | { readonly kind: 'sendSnapshot'; readonly to: ServerId; readonly term: Term }
  /** The follower has the snapshot, or no longer needs it: stop sending. */
  | { readonly kind: 'stopSnapshot'; readonly to: ServerId }
  /** A chunk of the current leader's snapshot: store it and answer. */
  | { readonly kind: 'receiveChunk'; readonly from: Member; readonly chunk: SnapshotChunk }
  /** Replace the state machine by the stored snapshot before anything later is applied. */
  | { readonly kind: 'restore'; readonly metadata: SnapshotMetadata }
  /** Entries through `position` may be removed from the log store. */
  | { readonly kind: 'compact'; readonly position: LogPosition }
  /** The proposal stands in the log and will be decided. */
  | { readonly kind: 'proposed'; readonly request: RequestId; readonly index: LogIndex; readonly term: Term }
  /** What was asked for began with the entry at `index`; which entry ends it is not known yet. */
  | { readonly kind: 'begun'; readonly request: RequestId; readonly index: LogIndex; readonly term: Term }
  /** The request ended; without `error`, well. */
  | { readonly kind: 'answered'; readonly request: RequestId; readonly error: RaftError | undefined }
  | { readonly kind: 'event'; readonly event: RaftEvent }

/** One atomic write. Answer with `durable` when it survives a crash. */
export interface WriteEffect {
  readonly kind: 'write'
  readonly id: WriteId
  /** Begin an empty log behind this position; comes alone. */
  readonly reset: LogPosition | undefined
  readonly truncateFrom: LogIndex | undefined
  readonly entries: readonly Entry[]
  readonly hardState: HardState | undefined
}

export interface SendEffect {
  readonly kind: 'send'
  readonly to: ServerId
  readonly message: Message
  /** Hold the message back until this write is durable. */
  readonly after: WriteId | undefined
}
