import {
  type AppliedBlock,
  type BlockFsm,
  decidedSequence,
  type DecidedTransaction,
  equalBytes,
  type Height,
  type TransactionJournal,
  type TransactionOutcome,
} from 'block-fsm'

/** Blocks looked at with one read. */
const readBytes = 8 * 1024 * 1024

export interface OutcomesOptions {
  readonly nodeId: string
  readonly fsm: BlockFsm
  readonly journal: TransactionJournal
  /** Height of the first block that the log brings. */
  readonly firstHeight: Height
}

/** Notes in the journal what committed blocks decided about its transactions, and tells clients that wait. */
export class Outcomes {
  readonly #options: OutcomesOptions
  readonly #waiting = new Map<number, Set<(outcome: TransactionOutcome) => void>>()
  #next: Height

  constructor(options: OutcomesOptions) {
    this.#options = options
    this.#next = options.firstHeight
  }

  /** Resolves with what was decided about a transaction of this journal. Rejects with the signal's reason. */
  outcome(sequence: number, abort: AbortSignal): Promise<TransactionOutcome> {
    return new Promise((resolve, reject) => {
      if (abort.aborted) return reject(abort.reason as Error)
      const waiting = this.#waiting.get(sequence) ?? new Set()
      const finish = (outcome: TransactionOutcome): void => {
        abort.removeEventListener('abort', stop)
        resolve(outcome)
      }
      const stop = (): void => {
        waiting.delete(finish)
        reject(abort.reason as Error)
      }
      this.#waiting.set(sequence, waiting.add(finish))
      abort.addEventListener('abort', stop, { once: true })
    })
  }

  /** Follows committed blocks until aborted. Rejects when the journal cannot be written. */
  async run(abort: AbortSignal): Promise<void> {
    const { fsm } = this.#options
    try {
      // What was decided before this start, and not noted then.
      await this.#skipTo(this.#next, abort)
      while (!abort.aborted) {
        const read = fsm.blocks.read(this.#next, readBytes)
        if (read.kind === 'none') await fsm.blocks.wait(this.#next, abort)
        else if (read.kind === 'evicted') await this.#skipTo(read.oldest, abort)
        else await this.#note(read.blocks, abort)
      }
    } catch (error) {
      if (!abort.aborted) throw error
    }
  }

  async #note(blocks: readonly AppliedBlock[], abort: AbortSignal): Promise<void> {
    const decided = blocks.flatMap((block) => this.#decidedIn(block))
    this.#next = blocks.at(-1)!.block.height + 1
    if (decided.length === 0) return
    await this.#options.journal.decide(decided, abort)
    await this.#options.journal.release(decided.at(-1)!.sequence, abort)
    for (const { sequence, outcome } of decided) this.#tell(sequence, outcome)
  }

  #decidedIn({ block, ranges, dropped }: AppliedBlock): DecidedTransaction[] {
    const { nodeId, journal } = this.#options
    const mine = ranges.filter(({ memberId, journalId }) => memberId === nodeId && equalBytes(journalId, journal.id))
    const reasons = new Map(
      dropped.filter(({ memberId }) => memberId === nodeId).map(({ sequence, reason }) => [sequence, reason]),
    )
    return mine.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, i): DecidedTransaction => {
        const reason = reasons.get(first + i)
        const outcome: TransactionOutcome =
          reason === undefined ? { kind: 'committed', height: block.height } : { kind: 'dropped', reason }
        return { sequence: first + i, outcome }
      }),
    )
  }

  /** Blocks that a snapshot skipped decided transactions too: which block is known once history is there. */
  async #skipTo(oldest: Height, abort: AbortSignal): Promise<void> {
    const { nodeId, fsm, journal } = this.#options
    this.#next = oldest
    const through = decidedSequence(fsm.state, nodeId, journal.id) ?? 0
    const undecided: DecidedTransaction[] = []
    for (let sequence = journal.firstSequence; sequence <= through; sequence++) {
      undecided.push({ sequence, outcome: { kind: 'decided' } })
    }
    if (undecided.length === 0) return
    await journal.decide(undecided, abort)
    await journal.release(through, abort)
    for (const { sequence, outcome } of undecided) this.#tell(sequence, outcome)
  }

  #tell(sequence: number, outcome: TransactionOutcome): void {
    const waiting = this.#waiting.get(sequence)
    this.#waiting.delete(sequence)
    for (const finish of waiting ?? []) finish(outcome)
  }
}
