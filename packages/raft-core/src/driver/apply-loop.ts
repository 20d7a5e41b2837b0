import type { Entry } from '../entry.ts'
import { RaftError } from '../errors.ts'
import type { AppliedEntry, FSM } from '../ports/fsm.ts'
import type { LogStore } from '../ports/log-store.ts'
import type { SnapshotStore } from '../ports/snapshot-store.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import { cachedEntries, firstCachedIndex, type LogState } from '../step/log.ts'
import type { LogIndex, Term } from '../types.ts'
import { openSnapshot } from './open-snapshot.ts'
import { storageFailed } from './storage-failed.ts'

/** What the apply loop needs of the node. */
export interface ApplyHost<Verdict> {
  readonly fsm: FSM<Verdict>
  readonly logStore: LogStore
  readonly snapshotStore: SnapshotStore
  readonly applyBytes: number
  log(): LogState
  applied(entry: Entry, verdict: Verdict | undefined): void
  /** A batch is done; the applied index moved. */
  progressed(index: LogIndex): void
  restored(metadata: SnapshotMetadata): void
  failed(error: Error): void
}

/** Feeds committed entries to the state machine, in order and in batches of bounded size. */
export class ApplyLoop<Verdict> {
  readonly #host: ApplyHost<Verdict>
  #applied: LogIndex
  #term: Term
  #target: LogIndex
  #restore: SnapshotMetadata | undefined
  #isBusy = false
  #isStopped = false

  constructor(host: ApplyHost<Verdict>, applied: LogIndex, term: Term) {
    this.#host = host
    this.#applied = applied
    this.#term = term
    this.#target = applied
  }

  /** Last entry that the state machine has seen, and its term. */
  get applied(): { readonly index: LogIndex; readonly term: Term } {
    return { index: this.#applied, term: this.#term }
  }

  /** Entries through `index` may be applied. */
  advance(index: LogIndex): void {
    this.#target = Math.max(this.#target, index)
    this.#run()
  }

  /** A stored snapshot replaces the state before anything behind it is applied. */
  restore(metadata: SnapshotMetadata): void {
    this.#restore = metadata
    this.#run()
  }

  stop(): void {
    this.#isStopped = true
  }

  #run(): void {
    while (!this.#isBusy && !this.#isStopped) {
      if (this.#restore) this.#restoreNow(this.#restore)
      else if (this.#applied < this.#target) this.#applyNext()
      else return
    }
  }

  #applyNext(): void {
    const log = this.#host.log()
    const from = this.#applied + 1
    const end = this.#target + 1
    if (from >= firstCachedIndex(log)) {
      this.#apply(cachedEntries(log, from, Math.min(end, log.lastIndex + 1), this.#host.applyBytes))
      return
    }
    this.#isBusy = true
    const cached = Math.min(end, firstCachedIndex(log))
    this.#host.logStore.read(from, cached, this.#host.applyBytes, (error, entries) => {
      this.#isBusy = false
      if (this.#isStopped) return
      if (error || entries === undefined) return this.#host.failed(storageFailed('reading committed entries', error))
      // A snapshot that arrived meanwhile holds what was read, and may have emptied the log under the read.
      if (this.#restore === undefined) {
        if (entries.length === 0)
          return this.#host.failed(storageFailed(`reading the committed entry ${from}`, undefined))
        this.#apply(entries)
      }
      this.#run()
    })
  }

  #apply(entries: readonly Entry[]): void {
    const visible = entries.filter((entry): entry is Entry & AppliedEntry => isVisible(entry))
    let verdicts: readonly Verdict[]
    try {
      verdicts = visible.length > 0 ? this.#host.fsm.apply(visible) : []
      if (verdicts.length !== visible.length) {
        throw new RaftError('FSM_FAILED', `${visible.length} entries got ${verdicts.length} verdicts; each needs one`)
      }
    } catch (cause) {
      this.#isStopped = true
      this.#host.failed(new RaftError('FSM_FAILED', `the state machine threw at entry ${entries[0]?.index}`, { cause }))
      return
    }
    // The state machine stands behind the whole batch by now: whoever is told of one entry must find it there.
    const last = entries.at(-1)!
    this.#applied = last.index
    this.#term = last.term
    this.#isBusy = true
    let next = 0
    for (const entry of entries) {
      this.#host.applied(entry, isVisible(entry) ? verdicts[next++] : undefined)
    }
    this.#isBusy = false
    this.#host.progressed(this.#applied)
  }

  #restoreNow(metadata: SnapshotMetadata): void {
    this.#restore = undefined
    this.#isBusy = true
    openSnapshot(this.#host.snapshotStore, metadata, (error, source) => {
      if (error || source === undefined) return this.#host.failed(storageFailed('opening a snapshot', error))
      this.#host.fsm.restore(source, (failure) => {
        source.close((closing) => {
          this.#isBusy = false
          if (this.#isStopped) return
          const cause = failure ?? closing
          if (cause) return this.#host.failed(new RaftError('FSM_FAILED', 'restoring a snapshot failed', { cause }))
          this.#applied = metadata.index
          this.#term = metadata.term
          this.#host.restored(metadata)
          this.#run()
        })
      })
    })
  }
}

function isVisible(entry: Entry): boolean {
  return entry.type === 'command' || entry.type === 'opening'
}
