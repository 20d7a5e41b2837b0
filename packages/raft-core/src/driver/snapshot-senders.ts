import type { SnapshotChunk, SnapshotChunkResponse } from '../message.ts'
import type { Clock } from '../ports/clock.ts'
import type { SnapshotStore } from '../ports/snapshot-store.ts'
import type { ServerId, Term } from '../types.ts'
import { openSnapshot } from './open-snapshot.ts'
import type { RaftLimits } from './options.ts'
import { SnapshotSender } from './snapshot-sender.ts'

export interface SnapshotSendersOptions {
  readonly store: SnapshotStore
  readonly clock: Clock
  readonly limits: Pick<RaftLimits, 'snapshotChunkBytes' | 'snapshotWindowBytes'>
  readonly timeoutMs: number
  round(): number
  send(to: ServerId, chunk: SnapshotChunk): void
  failed(to: ServerId, error: Error): void
}

/** A snapshot that is being opened for a follower; each start has one of its own. */
interface Opening {
  readonly term: Term
}

/** At most one snapshot on the way to each follower. */
export class SnapshotSenders {
  readonly #options: SnapshotSendersOptions
  readonly #senders = new Map<ServerId, SnapshotSender | Opening>()

  constructor(options: SnapshotSendersOptions) {
    this.#options = options
  }

  start(to: ServerId, term: Term): void {
    if (this.#senders.has(to)) return
    const opening: Opening = { term }
    this.#senders.set(to, opening)
    openSnapshot(this.#options.store, undefined, (error, source) => {
      const isWanted = this.#senders.get(to) === opening
      if (error || source === undefined) {
        if (isWanted) this.#senders.delete(to)
        if (isWanted) this.#options.failed(to, error ?? new Error('the snapshot store gave nothing to read'))
        return
      }
      const { clock, timeoutMs, limits } = this.#options
      const sender: SnapshotSender = new SnapshotSender({
        clock,
        timeoutMs,
        source,
        term,
        chunkBytes: limits.snapshotChunkBytes,
        windowBytes: limits.snapshotWindowBytes,
        round: () => this.#options.round(),
        send: (chunk) => this.#options.send(to, chunk),
        failed: (failure) => {
          if (this.#senders.get(to) === sender) this.#senders.delete(to)
          this.#options.failed(to, failure)
        },
      })
      if (!isWanted) return sender.stop()
      this.#senders.set(to, sender)
      sender.start()
    })
  }

  onResponse(from: ServerId, response: SnapshotChunkResponse): void {
    const sender = this.#senders.get(from)
    if (sender instanceof SnapshotSender) sender.onResponse(response)
  }

  /** The follower is connected again: what was on the way before that is lost. */
  resume(to: ServerId): void {
    const sender = this.#senders.get(to)
    if (sender instanceof SnapshotSender) sender.resume()
  }

  /** The follower needs it no longer. */
  stop(to: ServerId): void {
    const sender = this.#senders.get(to)
    this.#senders.delete(to)
    if (sender instanceof SnapshotSender) sender.stop()
  }

  stopAll(): void {
    for (const to of this.#senders.keys()) this.stop(to)
  }
}
