import type { LogIndex, Term } from '../types.ts'
import type { Done } from './completion.ts'
import type { SnapshotSink, SnapshotSource } from './snapshot-store.ts'

/**
 * The replicated state machine.
 *
 * `apply` is a pure function of the state and the entries: the same entries give the same state and verdicts on every
 * member. It is synchronous and total; bad input gets a verdict, never a throw. A throw stops the node.
 */
export interface FSM<Verdict> {
  /** Applies committed entries in log order and returns one verdict for each. */
  apply(batch: readonly AppliedEntry[]): readonly Verdict[]
  /** Captures the state as of the last applied entry, synchronously and cheaply. */
  snapshot(): FsmSnapshot
  /** Replaces the state by the snapshot's, whole or not at all. */
  restore(source: SnapshotSource, done: Done): void
}

/** A committed entry as the FSM sees it. */
export interface AppliedEntry {
  readonly index: LogIndex
  readonly term: Term
  /** `opening` is the first entry of a term; its payload decodes with `decodeOpening`. */
  readonly type: 'command' | 'opening'
  readonly payload: Uint8Array
}

/** A captured state. */
export interface FsmSnapshot {
  /** Writes the state to the sink; neither commits nor aborts it. */
  persist(sink: Pick<SnapshotSink, 'write'>, done: Done): void
  /** Releases the capture; called once, after `persist` or instead of it. */
  release(): void
}
