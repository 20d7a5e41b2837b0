import type { SnapshotChunk, SnapshotChunkResponse } from '../message.ts'
import type { Clock } from '../ports/clock.ts'
import type { SnapshotSource } from '../ports/snapshot-store.ts'
import type { Term } from '../types.ts'

/** Timeouts in a row after which the follower is taken to be unreachable. */
const patience = 5

export interface SnapshotSenderOptions {
  readonly source: SnapshotSource
  readonly term: Term
  readonly clock: Clock
  readonly chunkBytes: number
  readonly windowBytes: number
  readonly timeoutMs: number
  round(): number
  send(chunk: SnapshotChunk): void
  /** Called at most once: sending is given up. */
  failed(error: Error): void
}

/**
 * Streams one snapshot to one follower: a bounded window of chunks ahead of what it acknowledged, again from there after a
 * timeout, and from wherever the follower says it stands.
 */
export class SnapshotSender {
  readonly #options: SnapshotSenderOptions
  #acknowledged = 0
  #sent = 0
  #timeouts = 0
  #isReading = false
  #isEnded = false
  #hasSentEmpty = false
  #cancelTimer: (() => void) | undefined

  constructor(options: SnapshotSenderOptions) {
    this.#options = options
  }

  start(): void {
    this.#armTimer()
    this.#pump()
  }

  onResponse(response: SnapshotChunkResponse): void {
    const { metadata } = this.#options.source
    if (this.#isEnded || response.snapshotIndex !== metadata.index || response.snapshotTerm !== metadata.term) return
    this.#timeouts = 0
    this.#armTimer()
    if (response.nextOffset <= this.#acknowledged) this.#sent = Math.min(this.#sent, response.nextOffset)
    this.#acknowledged = response.nextOffset
    this.#sent = Math.max(this.#sent, response.nextOffset)
    this.#pump()
  }

  /** Sends again, at once, what was not acknowledged. */
  resume(): void {
    if (this.#isEnded) return
    this.#timeouts = 0
    this.#startOver()
  }

  /** Stops sending and closes the source. */
  stop(): void {
    this.#end(undefined)
  }

  #pump(): void {
    const { source, chunkBytes, windowBytes } = this.#options
    const hasMore = this.#sent < source.sizeBytes || (source.sizeBytes === 0 && !this.#hasSentEmpty)
    if (this.#isEnded || this.#isReading || !hasMore || this.#sent - this.#acknowledged >= windowBytes) return
    this.#isReading = true
    const offset = this.#sent
    source.read(offset, Math.min(chunkBytes, source.sizeBytes - offset), (error, data) => {
      this.#isReading = false
      if (this.#isEnded) return
      if (error || data === undefined) return this.#end(error ?? new Error('the snapshot gave no bytes'))
      if (offset === this.#sent) this.#sendChunk(offset, data)
      this.#pump()
    })
  }

  #sendChunk(offset: number, data: Uint8Array): void {
    const { source, term } = this.#options
    this.#sent = offset + data.length
    if (data.length === 0) this.#hasSentEmpty = true
    const { metadata, sizeBytes: size } = source
    this.#options.send({ kind: 'snapshotChunk', term, metadata, size, offset, data, round: this.#options.round() })
  }

  #armTimer(): void {
    const { clock, timeoutMs } = this.#options
    this.#cancelTimer?.()
    this.#cancelTimer = clock.wakeAt(clock.now() + timeoutMs, () => {
      this.#timeouts += 1
      if (this.#timeouts >= patience) return this.#end(new Error('the follower does not take the snapshot'))
      this.#startOver()
    })
  }

  #startOver(): void {
    this.#sent = this.#acknowledged
    this.#hasSentEmpty = false
    this.#armTimer()
    this.#pump()
  }

  #end(error: Error | undefined): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#cancelTimer?.()
    this.#options.source.close((closing) => {
      const failure = error ?? closing
      if (failure) this.#options.failed(failure)
    })
  }
}
