import type { Verdict } from 'block-fsm'
import type { Clock, RaftNode } from 'raft-core'
import { decodeReadiness, encodeReadiness, type ReadinessFrame } from '../intake/frames.ts'
import { sleepUntil } from './sleep.ts'

/** How often a member says how it is, beside when that changes. */
const repeatMs = 500

/** A word this old is no word: the member may be gone. */
const staleMs = 2000

export interface PeerReadinessOptions {
  readonly raft: Pick<RaftNode<Verdict>, 'sendFrame' | 'status'>
  readonly clock: Clock
  readonly own: () => ReadinessFrame
}

/** Tells the other members whether this one could lead, and knows it of them, so that leadership goes to one that can. */
export class PeerReadiness {
  readonly #options: PeerReadinessOptions
  readonly #heard = new Map<string, ReadinessFrame & { readonly at: number }>()
  #told = ''

  constructor(options: PeerReadinessOptions) {
    this.#options = options
  }

  onFrame(memberId: string, payload: Uint8Array): void {
    this.#heard.set(memberId, { ...decodeReadiness(payload), at: this.#options.clock.now() })
  }

  /** A voter that said lately that it is ready; undefined when none did. */
  readyPeer(): string | undefined {
    const { raft, clock } = this.#options
    const voters = raft.status().peers.filter(({ suffrage }) => suffrage === 'voter')
    return voters.find(({ id }) => {
      const heard = this.#heard.get(id)
      return heard?.isReady === true && clock.now() - heard.at < staleMs
    })?.id
  }

  /** Tells the members if something changed. */
  tell(): void {
    const own = this.#options.own()
    const word = JSON.stringify(own)
    if (word === this.#told) return
    this.#told = word
    this.#tellAll(own)
  }

  /** Repeats itself until aborted: frames may be lost. */
  async run(abort: AbortSignal): Promise<void> {
    const { clock, own } = this.#options
    try {
      while (!abort.aborted) {
        this.#tellAll(own())
        await sleepUntil(clock, clock.now() + repeatMs, abort)
      }
    } catch (error) {
      if (!abort.aborted) throw error
    }
  }

  #tellAll(own: ReadinessFrame): void {
    const { raft } = this.#options
    const payload = encodeReadiness(own)
    for (const { id } of raft.status().peers) raft.sendFrame(id, 'readiness', payload)
  }
}
