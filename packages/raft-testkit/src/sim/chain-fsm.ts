import type { AppliedEntry, FSM } from 'raft-core'

/** What the simulator's state machine answers to an entry: the digest of everything applied so far. */
export interface ChainVerdict {
  readonly index: number
  readonly digest: number
}

/** A state machine whose whole state is a digest of what it applied, so that two of them agree exactly when their histories do. */
export class ChainFsm implements FSM<ChainVerdict> {
  index = 0
  digest = 0x811c9dc5
  readonly #onApplied: (entry: AppliedEntry, digest: number) => void

  constructor(onApplied: (entry: AppliedEntry, digest: number) => void) {
    this.#onApplied = onApplied
  }

  apply(batch: readonly AppliedEntry[]): readonly ChainVerdict[] {
    return batch.map((entry) => {
      this.digest = digestOf(this.digest, entry)
      this.index = entry.index
      this.#onApplied(entry, this.digest)
      return { index: entry.index, digest: this.digest }
    })
  }

  snapshot(): ReturnType<FSM<ChainVerdict>['snapshot']> {
    const bytes = new Uint8Array(12)
    const view = new DataView(bytes.buffer)
    view.setFloat64(0, this.index)
    view.setUint32(8, this.digest)
    return { persist: (sink, done) => sink.write(bytes, done), release: () => {} }
  }

  restore(
    source: Parameters<FSM<ChainVerdict>['restore']>[0],
    done: Parameters<FSM<ChainVerdict>['restore']>[1],
  ): void {
    source.read(0, 12, (error, bytes) => {
      if (error || bytes?.length !== 12) return done(error ?? new Error('a snapshot of another length'))
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      this.index = view.getFloat64(0)
      this.digest = view.getUint32(8)
      done()
    })
  }
}

function digestOf(before: number, { index, term, type, payload }: AppliedEntry): number {
  let digest = before
  for (const part of [index, term, type.length, ...payload]) digest = Math.imul(digest ^ part, 0x01000193) >>> 0
  return digest
}
