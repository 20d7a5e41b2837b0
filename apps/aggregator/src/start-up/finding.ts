import type { AggregatorErrorCode } from '../errors.ts'
import type { Place } from './facts.ts'
import type { Runbook } from './runbooks.ts'

/** Something that does not fit together, or fits and is worth a line. */
export type StartFinding = Note | Refusal

/** The node goes on: what is missing comes back by itself, or, at level `warn`, a person should look. */
export interface Note {
  readonly kind: 'note'
  readonly level: 'info' | 'warn'
  readonly message: string
  readonly runbook?: Runbook
}

/** Going on would be unsafe. */
export interface Refusal {
  readonly kind: 'refusal'
  readonly code: AggregatorErrorCode
  /** One sentence: what is, and what to do. */
  readonly message: string
  readonly runbook: Runbook
  /** Two hashes of one height, to be kept for a person. */
  readonly evidence?: Evidence
}

export interface Evidence {
  readonly ours: Place
  readonly theirs: Place
}
