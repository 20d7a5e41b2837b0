import type { SnapshotChunk } from '../message.ts'
import type { SnapshotSink, SnapshotStore } from '../ports/snapshot-store.ts'

/** What became of a chunk. */
export interface ChunkOutcome {
  /** Where the sender goes on. */
  readonly nextOffset: number
  /** The whole snapshot is in the store. */
  readonly isComplete: boolean
}

interface Waiting {
  readonly chunk: SnapshotChunk
  readonly done: (outcome: ChunkOutcome) => void
}

/**
 * Collects a leader's snapshot, one at a time, in order. Chunks that do not follow what is there are answered with what is
 * wanted instead, so a sender resumes after a lost connection. Another leader's snapshot of the same position starts over:
 * nothing says that two members write the same state with the same bytes.
 */
export class SnapshotReceiver {
  readonly #store: SnapshotStore
  readonly #limitBytes: number
  readonly #onFailed: (error: Error) => void
  #current: SnapshotChunk | undefined
  #sink: SnapshotSink | undefined
  #offset = 0
  #isBusy = false
  #waiting: Waiting[] = []
  #waitingBytes = 0

  /** Chunks that arrive while one is written wait, up to `limitBytes`; a sender keeps no more on the way. */
  constructor(store: SnapshotStore, limitBytes: number, onFailed: (error: Error) => void) {
    this.#store = store
    this.#limitBytes = limitBytes
    this.#onFailed = onFailed
  }

  /** Takes a chunk; `done` is called once it is stored, or when it turns out not to be the one that is wanted. */
  receive(chunk: SnapshotChunk, done: (outcome: ChunkOutcome) => void): void {
    if (this.#waitingBytes > 0 && this.#waitingBytes + chunk.data.length > this.#limitBytes) return
    this.#waiting.push({ chunk, done })
    this.#waitingBytes += chunk.data.length
    this.#next()
  }

  #next(): void {
    const next = this.#isBusy ? undefined : this.#waiting.shift()
    if (next === undefined) return
    const { chunk, done } = next
    this.#waitingBytes -= chunk.data.length
    const isCurrent = this.#current !== undefined && isSameSnapshot(this.#current, chunk)
    if (isCurrent && chunk.offset === this.#offset) return this.#write(chunk, done)
    if (!isCurrent && chunk.offset === 0) return this.#begin(chunk, done)
    done({ nextOffset: isCurrent ? this.#offset : 0, isComplete: false })
    this.#next()
  }

  #begin(chunk: SnapshotChunk, done: (outcome: ChunkOutcome) => void): void {
    this.#isBusy = true
    const abandoned = this.#sink
    this.#sink = undefined
    this.#current = undefined
    const create = (): void =>
      this.#store.create(chunk.metadata, (error, sink) => {
        if (error || sink === undefined) return this.#onFailed(error ?? new Error('the snapshot store gave no sink'))
        this.#sink = sink
        this.#current = chunk
        this.#offset = 0
        this.#write(chunk, done)
      })
    if (abandoned === undefined) return create()
    abandoned.abort((error) => (error ? this.#onFailed(error) : create()))
  }

  #write(chunk: SnapshotChunk, done: (outcome: ChunkOutcome) => void): void {
    const sink = this.#sink!
    this.#isBusy = true
    const finish = (isComplete: boolean): void => {
      this.#isBusy = false
      done({ nextOffset: this.#offset, isComplete })
      this.#next()
    }
    sink.write(chunk.data, (error) => {
      if (error) return this.#onFailed(error)
      this.#offset += chunk.data.length
      if (this.#offset < chunk.size) return finish(false)
      sink.commit((failure) => {
        this.#sink = undefined
        this.#current = undefined
        if (failure) return this.#onFailed(failure)
        finish(true)
      })
    })
  }
}

/** Of one leader, by its term. */
function isSameSnapshot(a: SnapshotChunk, b: SnapshotChunk): boolean {
  const isSamePosition = a.metadata.index === b.metadata.index && a.metadata.term === b.metadata.term
  return isSamePosition && a.term === b.term && a.size === b.size
}
