import { RaftError } from '../errors.ts'
import type { Done } from '../ports/completion.ts'
import type { FSM, FsmSnapshot } from '../ports/fsm.ts'
import type { SnapshotSink, SnapshotStore } from '../ports/snapshot-store.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import type { LogIndex } from '../types.ts'
import { storageFailed } from './storage-failed.ts'

export interface SnapshotTakerHost {
  readonly fsm: Pick<FSM<unknown>, 'snapshot'>
  readonly store: SnapshotStore
  /** What a snapshot of the state machine as it stands now covers; undefined when there is nothing new. */
  describe(): SnapshotMetadata | undefined
  /** Calls back once the log through `index` is durable. */
  whenDurable(index: LogIndex, done: Done): void
  taken(metadata: SnapshotMetadata): void
  /** The state machine could not give its state, or the node stopped meanwhile: the log stays, and covers it. */
  notTaken(error: RaftError): void
  /** The store failed: nothing on this disk can be trusted to become durable. */
  failed(error: RaftError): void
}

/** Takes snapshots of the own state machine, one at a time, without holding up what is applied meanwhile. */
export class SnapshotTaker {
  readonly #host: SnapshotTakerHost
  #isBusy = false

  constructor(host: SnapshotTakerHost) {
    this.#host = host
  }

  /** Takes one now, if there is anything new and none is under way. Its failure is told to the host as well. */
  take(done: Done): void {
    const metadata = this.#isBusy ? undefined : this.#host.describe()
    if (metadata === undefined) return done()
    const captured = this.#capture(done)
    if (captured === undefined) return
    this.#isBusy = true
    const finish = (error?: RaftError): void => {
      this.#isBusy = false
      captured.release()
      if (error) return this.#fail(error, done)
      this.#host.taken(metadata)
      done()
    }
    this.#write(metadata, captured, finish)
  }

  #capture(done: Done): FsmSnapshot | undefined {
    try {
      return this.#host.fsm.snapshot()
    } catch (cause) {
      this.#fail(notTaken('the state machine threw when its state was captured', cause), done)
      return undefined
    }
  }

  #write(metadata: SnapshotMetadata, captured: FsmSnapshot, finish: (error?: RaftError) => void): void {
    const store = (problem?: Error): void => finish(problem && storageFailed('storing a snapshot', problem))
    this.#host.store.create(metadata, (problem, sink) => {
      if (problem || sink === undefined) return store(problem ?? new Error('the snapshot store gave no sink'))
      const abort = (error: RaftError): void =>
        sink.abort((problem) =>
          problem ? store(new AggregateError([problem, error], problem.message)) : finish(error),
        )
      let broken: Error | undefined
      const watched: Pick<SnapshotSink, 'write'> = {
        write: (bytes, done) =>
          sink.write(bytes, (problem) => {
            broken ??= problem
            done(problem)
          }),
      }
      captured.persist(watched, (failure) => {
        if (broken) return abort(storageFailed('storing a snapshot', broken))
        if (failure) return abort(notTaken(`the state machine did not give its state at ${metadata.index}`, failure))
        this.#host.whenDurable(metadata.index, (stopped) => {
          if (stopped) abort(notTaken(`the log through ${metadata.index} did not become durable`, stopped))
          else sink.commit(store)
        })
      })
    })
  }

  #fail(error: RaftError, done: Done): void {
    if (error.code === 'STORAGE_FAILED') this.#host.failed(error)
    else this.#host.notTaken(error)
    done(error)
  }
}

function notTaken(what: string, cause: unknown): RaftError {
  return new RaftError('SNAPSHOT_FAILED', what, { cause })
}
