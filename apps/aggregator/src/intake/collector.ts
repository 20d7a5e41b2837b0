import { type BlockFsm, encodeCommand, type TransactionRun, type Verdict } from 'block-fsm'
import type { RaftNode } from 'raft-core'
import type { Logger } from '../observe/logger.ts'
import type { Ask, Offer } from './frames.ts'
import { OfferedRuns } from './offered-runs.ts'

/** Undecided transactions that a leader holds for one member. */
const runLimitBytes = 16 * 1024 * 1024

export interface CollectorOptions {
  readonly raft: Pick<RaftNode<Verdict>, 'propose' | 'status'>
  readonly fsm: BlockFsm
  /** Asks a member, which may be this node itself, to offer again from a number on. */
  readonly ask: (memberId: string, ask: Ask) => void
  readonly logger: Logger
}

/** The leader's side of intake: gathers what members offer, opens their journals, asks for what is missing. */
export class Collector {
  readonly #options: CollectorOptions
  readonly #offered = new OfferedRuns(runLimitBytes)
  /** Members whose journal is being opened. */
  readonly #opening = new Set<string>()

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  /** An offer of a member, this node's own included. */
  onOffer(memberId: string, offer: Offer): void {
    const { raft, fsm, ask } = this.#options
    if (raft.status().role !== 'leader') return
    const answer = this.#offered.take(fsm.state, memberId, offer)
    if (answer.kind === 'ask') ask(memberId, { journalId: offer.journalId, from: answer.from })
    if (answer.kind === 'open') this.#open(memberId, offer)
  }

  /** What the next block may hold. */
  runs(): readonly TransactionRun[] {
    return this.#offered.runs(this.#options.fsm.state)
  }

  clear(): void {
    this.#offered.clear()
  }

  #open(memberId: string, offer: Offer): void {
    if (this.#opening.has(memberId)) return
    this.#opening.add(memberId)
    const { raft, logger } = this.#options
    const { journalId, expectedGeneration } = offer
    const body = { kind: 'openOrigin', memberId, journalId, expectedGeneration } as const
    raft.propose(encodeCommand({ version: 1, body })).then(
      ({ verdict }) => {
        this.#opening.delete(memberId)
        if (verdict.kind === 'rejected') logger.info({ member: memberId, ...verdict }, 'a journal could not be opened')
        else this.onOffer(memberId, offer)
      },
      (error: unknown) => {
        this.#opening.delete(memberId)
        logger.debug({ member: memberId, err: error }, 'a journal was not opened; the member offers again')
      },
    )
  }
}
