import type { AppliedBlock } from './applied-block.ts'
import type { RememberedKey } from './remembered-keys.ts'
import type { FsmState } from './state.ts'
import type { RejectionReason, Verdict } from './verdict.ts'

/** A verdict, and what applying the entry changes; a judgement alone changes nothing. */
export interface Decision {
  readonly verdict: Verdict
  readonly change?: StateChange
}

/** What an accepted entry changes. */
export interface StateChange {
  readonly fields?: Partial<Omit<FsmState, 'facts' | 'keys' | 'tip'>>
  /** Makes the committed block; called only when the entry is applied. */
  readonly block?: () => AppliedBlock
  readonly remembered?: readonly RememberedKey[]
}

/** Where an entry stands in the log. */
export interface EntryPosition {
  readonly index: number
  readonly term: number
}

/** How a check says that an entry is rejected. It never leaves `judge`. */
export class Rejection extends Error {
  readonly reason: RejectionReason

  constructor(reason: RejectionReason, detail: string) {
    super(detail)
    this.name = 'Rejection'
    this.reason = reason
  }
}

/** Rejects the entry unless the rule holds. */
export function rule(holds: boolean, reason: RejectionReason, detail: string): asserts holds {
  if (!holds) throw new Rejection(reason, detail)
}
