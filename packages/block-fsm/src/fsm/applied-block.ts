import type { DroppedTransaction, TransactionRange } from '../codec/block-entry.ts'
import type { CommittedBlock } from '../stages/committed.ts'

/** A block as the apply path committed it, and the transactions that it decided. */
export interface AppliedBlock {
  readonly block: CommittedBlock
  /** Log position of its entry. */
  readonly index: number
  readonly term: number
  readonly ranges: readonly TransactionRange[]
  readonly dropped: readonly DroppedTransaction[]
}
