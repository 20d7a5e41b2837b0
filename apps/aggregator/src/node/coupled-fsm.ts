import type { BlockFsm, Height, Verdict } from 'block-fsm'
import type { AppliedEntry, Done, FSM, FsmSnapshot } from 'raft-core'

/**
 * The state machine as Raft sees it: a snapshot completes only once every block that this node applied from its log through
 * there is fsynced in the block store, because the log that holds them may be cut then.
 */
export class CoupledFsm implements FSM<Verdict> {
  readonly #fsm: BlockFsm
  readonly #whenStored: (height: Height) => Promise<void>
  readonly #onCaptured: (height: Height) => void

  /**
   * `whenStored` resolves when the blocks applied from the log through a height are durable; `onCaptured` is called with the
   * height of each snapshot that was written.
   */
  constructor(fsm: BlockFsm, whenStored: (height: Height) => Promise<void>, onCaptured: (height: Height) => void) {
    this.#fsm = fsm
    this.#whenStored = whenStored
    this.#onCaptured = onCaptured
  }

  apply(batch: readonly AppliedEntry[]): readonly Verdict[] {
    return this.#fsm.apply(batch)
  }

  snapshot(): FsmSnapshot {
    const captured = this.#fsm.snapshot()
    const height = this.#fsm.state.tip?.height ?? 0
    return {
      persist: (sink, done) => {
        this.#whenStored(height).then(
          () =>
            captured.persist(sink, (error) => {
              done(error)
              if (!error) this.#onCaptured(height)
            }),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        )
      },
      release: () => captured.release(),
    }
  }

  restore(source: Parameters<FSM<Verdict>['restore']>[0], done: Done): void {
    this.#fsm.restore(source, done)
  }
}
