import type { SnapshotChunk } from '../message.ts'
import type { SnapshotSink, SnapshotStore } from '../ports/snapshot-store.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'

/** What became of a chunk. */
export interface ChunkOutcome {
  /** Where the sender goes on. */
  readonly nextOffset: number
  /** The whole snapshot is in the store. */
  readonly isComplete: boolean
}

/**
 * Collects a leader's snapshot, one at a time, in order. Chunks that do not follow what is there are answered with what is
 * wanted instead, so a sender resumes after a lost connection, and a new leader that sends the same snapshot goes on where the
 * old one stopped.
 */
export class SnapshotReceiver {
  readonly #store: SnapshotStore
  readonly #onFailed: (error: Error) => void
  #metadata: SnapshotMetadata | undefined
  #sink: SnapshotSink | undefined
  #offset = 0
  #isBusy = false

  constructor(store: SnapshotStore, onFailed: (error: Error) => void) {
    this.#store = store
    this.#onFailed = onFailed
  }

  /** Takes a chunk; `done` is called once it is stored, or at once when it is not the one that is wanted. */
  receive(chunk: SnapshotChunk, done: (outcome: ChunkOutcome) => void): void {
    if (this.#isBusy) return
    if (!this.#isCurrent(chunk.metadata)) return this.#begin(chunk, done)
    if (chunk.offset !== this.#offset) return done({ nextOffset: this.#offset, isComplete: false })
    this.#write(chunk, done)
  }

  #begin(chunk: SnapshotChunk, done: (outcome: ChunkOutcome) => void): void {
    if (chunk.offset !== 0) return done({ nextOffset: 0, isComplete: false })
    this.#isBusy = true
    const abandoned = this.#sink
    this.#sink = undefined
    this.#metadata = undefined
    const create = (): void =>
      this.#store.create(chunk.metadata, (error, sink) => {
        this.#isBusy = false
        if (error || sink === undefined) return this.#onFailed(error ?? new Error('the snapshot store gave no sink'))
        this.#sink = sink
        this.#metadata = chunk.metadata
        this.#offset = 0
        this.#write(chunk, done)
      })
    if (abandoned === undefined) return create()
    abandoned.abort((error) => (error ? this.#onFailed(error) : create()))
  }

  #write(chunk: SnapshotChunk, done: (outcome: ChunkOutcome) => void): void {
    const sink = this.#sink!
    this.#isBusy = true
    sink.write(chunk.data, (error) => {
      if (error) return this.#onFailed(error)
      this.#offset += chunk.data.length
      if (this.#offset < chunk.size) {
        this.#isBusy = false
        return done({ nextOffset: this.#offset, isComplete: false })
      }
      sink.commit((failure) => {
        this.#isBusy = false
        this.#sink = undefined
        this.#metadata = undefined
        if (failure) return this.#onFailed(failure)
        done({ nextOffset: chunk.size, isComplete: true })
      })
    })
  }

  #isCurrent(metadata: SnapshotMetadata): boolean {
    return this.#metadata?.index === metadata.index && this.#metadata.term === metadata.term
  }
}
