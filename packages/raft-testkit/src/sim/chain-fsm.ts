import { type AppliedEntry, assert, type FSM, type FsmSnapshot, type SnapshotSource, type Done } from 'raft-core'

/** What the simulator's state machine answers to an entry: the digest of everything applied so far. */
export interface ChainVerdict {
  readonly index: number
  readonly digest: number
}

/** Who watches a chain. */
export interface ChainObserver {
  applied(entry: AppliedEntry, digest: number): void
  restored(index: number, digest: number): void
}

/** Bytes of a snapshot: index, digest. */
const snapshotBytes = 12

/** A state machine whose whole state is a digest of what it applied, so that two of them agree exactly when their histories do. */
export class ChainFsm implements FSM<ChainVerdict> {
  /** Last entry that changed the digest. */
  index = 0
  digest = 0x811c9dc5
  readonly #observer: ChainObserver
  #failsSnapshot = false

  constructor(observer: ChainObserver) {
    this.#observer = observer
  }

  apply(batch: readonly AppliedEntry[]): readonly ChainVerdict[] {
    return batch.map((entry) => {
      assert(entry.index > this.index, 'entries are applied once, in order')
      this.digest = digestOf(this.digest, entry)
      this.index = entry.index
      this.#observer.applied(entry, this.digest)
      return { index: entry.index, digest: this.digest }
    })
  }

  /** The next snapshot fails when half of it is written. */
  failSnapshot(): void {
    this.#failsSnapshot = true
  }

  snapshot(): FsmSnapshot {
    const fails = this.#failsSnapshot
    this.#failsSnapshot = false
    const bytes = new Uint8Array(snapshotBytes)
    const view = new DataView(bytes.buffer)
    view.setFloat64(0, this.index)
    view.setUint32(8, this.digest)
    return {
      persist: (sink, done) => {
        sink.write(bytes.subarray(0, 5), (error) => {
          if (error || fails) done(error ?? new Error('the state machine cannot write its snapshot'))
          else sink.write(bytes.subarray(5), done)
        })
      },
      release: () => {},
    }
  }

  restore(source: SnapshotSource, done: Done): void {
    source.read(0, snapshotBytes, (error, bytes) => {
      if (error || bytes?.length !== snapshotBytes) return done(error ?? new Error('a snapshot of another length'))
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      this.index = view.getFloat64(0)
      this.digest = view.getUint32(8)
      this.#observer.restored(this.index, this.digest)
      done()
    })
  }
}

function digestOf(before: number, { index, term, type, payload }: AppliedEntry): number {
  let digest = mix(mix(mix(before, index), term), type.length)
  for (const byte of payload) digest = mix(digest, byte)
  return digest
}

function mix(digest: number, part: number): number {
  return Math.imul(digest ^ part, 0x01000193) >>> 0
}
