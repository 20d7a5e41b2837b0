import { decidedSequence, equalBytes, type FsmState, type JournalTransaction, type TransactionRun } from 'block-fsm'
import type { Offer } from './frames.ts'

/** What the leader wants of a member after an offer. */
export type OfferAnswer =
  | { readonly kind: 'taken' }
  /** The journal is not open yet: open it by compare-and-set, then take the offer. */
  | { readonly kind: 'open' }
  /** Transactions in between are missing. */
  | { readonly kind: 'ask'; readonly from: number }

interface Run {
  readonly journalId: Uint8Array
  transactions: JournalTransaction[]
  bytes: number
}

/**
 * What a leader was offered: for each member the contiguous run behind what is decided. Transactions beyond the limit are
 * left to the member, which offers them again.
 */
export class OfferedRuns {
  readonly #limitBytes: number
  readonly #runs = new Map<string, Run>()

  /** `limitBytes` is for one member. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** Takes what continues the member's run. */
  take(state: FsmState, memberId: string, { journalId, transactions }: Offer): OfferAnswer {
    const decided = decidedSequence(state, memberId, journalId)
    if (decided === undefined) return { kind: 'open' }
    const run = this.#runOf(memberId, journalId)
    this.#dropDecided(run, decided)
    for (const transaction of transactions) {
      const next = (run.transactions.at(-1)?.sequence ?? decided) + 1
      if (transaction.sequence < next) continue
      if (transaction.sequence > next) return { kind: 'ask', from: next }
      if (run.bytes + transaction.bytes.length > this.#limitBytes && run.bytes > 0) break
      run.transactions.push(transaction)
      run.bytes += transaction.bytes.length
    }
    return { kind: 'taken' }
  }

  /** The runs behind what the state has decided. */
  runs(state: FsmState): readonly TransactionRun[] {
    const runs: TransactionRun[] = []
    for (const [memberId, run] of this.#runs) {
      const decided = decidedSequence(state, memberId, run.journalId)
      if (decided === undefined) {
        this.#runs.delete(memberId)
        continue
      }
      this.#dropDecided(run, decided)
      if (run.transactions.length > 0) runs.push({ memberId, journalId: run.journalId, transactions: run.transactions })
    }
    return runs
  }

  /** A new leadership starts with what members offer it. */
  clear(): void {
    this.#runs.clear()
  }

  #runOf(memberId: string, journalId: Uint8Array): Run {
    const known = this.#runs.get(memberId)
    if (known && equalBytes(known.journalId, journalId)) return known
    const run: Run = { journalId, transactions: [], bytes: 0 }
    this.#runs.set(memberId, run)
    return run
  }

  #dropDecided(run: Run, decided: number): void {
    const keep = run.transactions.findIndex(({ sequence }) => sequence > decided)
    const dropped = run.transactions.splice(0, keep < 0 ? run.transactions.length : keep)
    for (const { bytes } of dropped) run.bytes -= bytes.length
  }
}
