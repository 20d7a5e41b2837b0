import { type BlockFsm, decidedSequence, type TransactionJournal, type Verdict } from 'block-fsm'
import type { Clock, RaftNode } from 'raft-core'
import { Signal } from '../block-path/signal.ts'
import { sleepUntil } from '../block-path/sleep.ts'
import type { Ask, Offer } from './frames.ts'
import { encodeOffer } from './frames.ts'

/** Bytes of one offer, and of what is offered and undecided. */
const offerBytes = 1024 * 1024
const windowBytes = 8 * 1024 * 1024

/** What was offered and stays undecided this long is offered again: frames may be lost. */
const againMs = 1000

export interface OffererOptions {
  readonly nodeId: string
  readonly raft: Pick<RaftNode<Verdict>, 'on' | 'sendFrame' | 'status'>
  readonly fsm: BlockFsm
  readonly journal: TransactionJournal
  /** Hands an offer to this node itself when it leads. */
  readonly offerHere: (offer: Offer) => void
  readonly clock: Clock
}

/** The member's side of intake: offers its journal to each leader, in order, until everything is decided. */
export class Offerer {
  readonly #options: OffererOptions
  readonly #wake = new Signal()
  #leader: string | undefined
  #offered = 0
  #offeredBytes = 0
  #offeredAt = 0

  constructor(options: OffererOptions) {
    this.#options = options
  }

  /** Something new is in the journal. */
  wake(): void {
    this.#wake.raise()
  }

  /** The leader lacks transactions from here on. */
  onAsk({ journalId, from }: Ask): void {
    const { journal } = this.#options
    if (Buffer.compare(journalId, journal.id) !== 0 || from > journal.lastSequence) return
    this.#rewindTo(from - 1)
    this.#wake.raise()
  }

  /** Offers until aborted. Rejects when the journal cannot be read. */
  async run(abort: AbortSignal): Promise<void> {
    const { fsm, raft } = this.#options
    const stops = [
      fsm.watch(() => this.#wake.raise()),
      raft.on(({ kind }) => kind === 'leaderChanged' && this.#wake.raise()),
    ]
    try {
      while (!abort.aborted) {
        await this.#offerWhatFits(abort)
        await this.#waitForNews(abort)
      }
    } catch (error) {
      if (!abort.aborted) throw error
    } finally {
      for (const stop of stops) stop()
    }
  }

  async #offerWhatFits(abort: AbortSignal): Promise<void> {
    const { fsm, journal, raft, clock, nodeId } = this.#options
    const leader = raft.status().leader?.id
    const decided = decidedSequence(fsm.state, nodeId, journal.id) ?? 0
    if (leader !== this.#leader || this.#offered < decided) this.#rewindTo(decided)
    this.#leader = leader
    if (clock.now() - this.#offeredAt >= againMs && this.#offered > decided) this.#rewindTo(decided)
    if (this.#offered === decided) this.#offeredBytes = 0
    if (leader === undefined) return
    while (this.#offered < journal.lastSequence && this.#offeredBytes < windowBytes) {
      const transactions = await journal.read(this.#offered + 1, offerBytes, abort)
      const last = transactions.at(-1)
      if (last === undefined) return
      const expectedGeneration = fsm.state.origins.get(nodeId)?.generation ?? 0
      const offer: Offer = { journalId: journal.id, expectedGeneration, transactions }
      this.#offered = last.sequence
      this.#offeredAt = clock.now()
      for (const { bytes } of transactions) this.#offeredBytes += bytes.length
      if (leader === nodeId) this.#options.offerHere(offer)
      else raft.sendFrame(leader, 'offer', encodeOffer(offer))
    }
  }

  /** News, or the time to offer again. */
  async #waitForNews(abort: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const waiting = new AbortController()
    const both = AbortSignal.any([abort, waiting.signal])
    const timer = sleepUntil(clock, clock.now() + againMs, both).then(
      () => this.#wake.raise(),
      () => {
        // News came first, or the offering ended.
      },
    )
    try {
      await this.#wake.wait(abort)
    } finally {
      waiting.abort(new Error('no longer waiting'))
      await timer
    }
  }

  #rewindTo(sequence: number): void {
    this.#offered = sequence
    this.#offeredBytes = 0
  }
}
