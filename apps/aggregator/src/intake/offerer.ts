import { type BlockFsm, decidedSequence, type TransactionJournal, type Verdict } from 'block-fsm'
import type { Clock, RaftNode } from 'raft-core'
import { Signal } from '../block-path/signal.ts'
import { sleepUntil } from '../block-path/sleep.ts'
import type { Ask, Offer } from './frames.ts'
import { encodeOffer } from './frames.ts'
import { OfferWindow } from './offer-window.ts'

/** Bytes of one offer, and of what is offered and undecided. */
const offerBytes = 1024 * 1024
const windowBytes = 8 * 1024 * 1024

/** When nothing of what was offered is decided for this long, it is offered again: frames may be lost. */
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
  readonly #window = new OfferWindow()
  #leader: string | undefined

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
    this.#window.rewindTo(from - 1, this.#options.clock.now())
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
    const window = this.#window
    const leader = raft.status().leader?.id
    const decided = decidedSequence(fsm.state, nodeId, journal.id) ?? 0
    window.settle(decided, clock.now())
    if (leader !== this.#leader || window.isStuck(clock.now(), againMs)) window.rewindTo(decided, clock.now())
    this.#leader = leader
    if (leader === undefined) return
    while (window.offered < journal.lastSequence && window.bytes < windowBytes) {
      const transactions = await journal.read(window.offered + 1, offerBytes, abort)
      const last = transactions.at(-1)
      if (last === undefined) return
      const expectedGeneration = fsm.state.origins.get(nodeId)?.generation ?? 0
      const offer: Offer = { journalId: journal.id, expectedGeneration, transactions }
      window.add(
        last.sequence,
        transactions.reduce((sum, { bytes }) => sum + bytes.length, 0),
        clock.now(),
      )
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
}
