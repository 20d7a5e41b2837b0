import type { AppliedEntry, FSM } from 'raft-core'

/** Counts what it applied and folds its index and length into a digest: two of them agree when their histories do. */
export class DigestFsm implements FSM<number> {
  count = 0
  digest = 0

  apply(batch: readonly AppliedEntry[]): readonly number[] {
    return batch.map(({ index, term, payload }) => {
      this.digest = (Math.imul(this.digest, 31) + index + term + payload.length + (payload[0] ?? 0)) >>> 0
      return ++this.count
    })
  }

  snapshot(): ReturnType<FSM<number>['snapshot']> {
    const bytes = Buffer.alloc(12)
    bytes.writeDoubleBE(this.count)
    bytes.writeUInt32BE(this.digest, 8)
    return { persist: (sink, done) => sink.write(bytes, done), release: () => {} }
  }

  restore(source: Parameters<FSM<number>['restore']>[0], done: Parameters<FSM<number>['restore']>[1]): void {
    source.read(0, 12, (error, bytes) => {
      if (error || bytes?.length !== 12) return done(error ?? new Error('a snapshot of another length'))
      const view = Buffer.from(bytes)
      this.count = view.readDoubleBE()
      this.digest = view.readUInt32BE(8)
      done()
    })
  }
}
