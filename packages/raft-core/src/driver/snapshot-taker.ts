import { RaftError } from '../errors.ts'
import type { Done } from '../ports/completion.ts'
import type { FSM, FsmSnapshot } from '../ports/fsm.ts'
import type { SnapshotSink, SnapshotStore } from '../ports/snapshot-store.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import type { LogIndex } from '../types.ts'

export interface SnapshotTakerHost {
  readonly fsm: Pick<FSM<unknown>, 'snapshot'>
  readonly store: SnapshotStore
  /** What a snapshot of the state machine as it stands now covers; undefined when there is nothing new. */
  describe(): SnapshotMetadata | undefined
  /** Calls back once the log through `index` is durable. */
  whenDurable(index: LogIndex, done: Done): void
  taken(metadata: SnapshotMetadata): void
}

/** Takes snapshots of the own state machine, one at a time, without holding up what is applied meanwhile. */
export class SnapshotTaker {
  readonly #host: SnapshotTakerHost
  #isBusy = false

  constructor(host: SnapshotTakerHost) {
    this.#host = host
  }

  #capture(done: Done): FsmSnapshot | undefined {
    try {
      return this.#host.fsm.snapshot()
    } catch (cause) {
      done(new RaftError('SNAPSHOT_FAILED', 'the state machine threw when its state was captured', { cause }))
      return undefined
    }
  }

  /** Takes one now, if there is anything new and none is under way. */
  take(done: Done): void {
    const metadata = this.#isBusy ? undefined : this.#host.describe()
    if (metadata === undefined) return done()
    const captured = this.#capture(done)
    if (captured === undefined) return
    this.#isBusy = true
    const finish = (cause?: Error): void => {
      this.#isBusy = false
      captured.release()
      if (cause) return done(new RaftError('SNAPSHOT_FAILED', `the snapshot at ${metadata.index} failed`, { cause }))
      this.#host.taken(metadata)
      done()
    }
    this.#host.store.create(metadata, (error, sink) => {
      if (error || sink === undefined) return finish(error ?? new Error('the snapshot store gave no sink'))
      captured.persist(sink, (failure) => {
        if (failure) return abort(sink, failure, finish)
        this.#host.whenDurable(metadata.index, (problem) => {
          if (problem) return abort(sink, problem, finish)
          sink.commit(finish)
        })
      })
    })
  }
}

function abort(sink: SnapshotSink, cause: Error, done: Done): void {
  sink.abort((error) => done(error ? new AggregateError([cause, error], cause.message) : cause))
}
