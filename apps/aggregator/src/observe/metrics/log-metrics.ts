import type { Clock, LogIndex, LogStore, NodeEvent } from 'raft-core'
import type { MetricSet } from './metric-set.ts'

/** From a fast NVMe to a disk in trouble. */
const appendBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** Proposals remembered at a time: more than Raft has in flight, a few bytes each. */
const maxRemembered = 4096

/**
 * Times what a Raft node writes to its log: how long a write takes to be durable, and on a leader how long an entry takes from
 * there, a group write after it was proposed, to being applied.
 */
export class LogMetrics {
  readonly #clock: Clock
  readonly #append
  readonly #entries
  readonly #bytes
  readonly #commit
  /** When this node, as leader, wrote an entry; ascending. */
  readonly #proposedAt = new Map<LogIndex, number>()
  #isLeader = false
  #appliedIndex: LogIndex = 0
  #openedIndex: LogIndex = 0

  constructor(metrics: MetricSet, clock: Clock) {
    this.#clock = clock
    this.#append = metrics.histogram(
      'raft_log_append_seconds',
      'Time until a write of log entries, term or vote was fsynced.',
      appendBuckets,
    )
    this.#entries = metrics.counter('raft_log_appended_entries_total', 'Entries written to the log.')
    this.#bytes = metrics.counter('raft_log_appended_bytes_total', 'Bytes of those entries.')
    this.#commit = metrics.histogram(
      'raft_commit_seconds',
      'Time from handing a command to the log until it was committed and applied, on the leader that proposed it.',
      appendBuckets,
    )
  }

  /** Last index of the log when the store was opened: what is applied through there is a replay. */
  get openedIndex(): LogIndex {
    return this.#openedIndex
  }

  /** When this node, as leader, handed an entry to its log; undefined for those of others and for old ones. */
  proposedAt(index: LogIndex): number | undefined {
    return this.#proposedAt.get(index)
  }

  /** The same store, timed. */
  timed(store: LogStore): LogStore {
    return {
      open: (done) =>
        store.open((error, opened) => {
          this.#openedIndex = opened?.lastIndex ?? 0
          done(error, opened)
        }),
      append: (write, done) => {
        const began = this.#clock.now()
        this.#noteEntries(write.entries, began)
        store.append(write, (error) => {
          this.#append.observe((this.#clock.now() - began) / 1000)
          done(error)
        })
      },
      read: (from, end, limitBytes, done) => store.read(from, end, limitBytes, done),
      compact: (position, done) => store.compact(position, done),
      reset: (position, done) => store.reset(position, done),
      close: (done) => store.close(done),
    }
  }

  onEvent(event: NodeEvent): void {
    if (event.kind === 'roleChanged') {
      this.#isLeader = event.role === 'leader'
      // What another leader makes of these entries says nothing of this one.
      this.#proposedAt.clear()
    }
    if (event.kind === 'applied') this.#observeThrough(event.index)
  }

  #noteEntries(entries: Parameters<LogStore['append']>[0]['entries'], now: number): void {
    for (const { index, record, type } of entries) {
      this.#entries.inc()
      this.#bytes.inc(record.length)
      if (this.#isLeader && type === 'command') this.#proposedAt.set(index, now)
    }
    const surplus = this.#proposedAt.size - maxRemembered
    if (surplus > 0) for (const index of [...this.#proposedAt.keys()].slice(0, surplus)) this.#proposedAt.delete(index)
  }

  #observeThrough(applied: LogIndex): void {
    const now = this.#clock.now()
    const from = Math.max(this.#appliedIndex + 1, applied - maxRemembered)
    for (let index = from; index <= applied; index++) {
      const at = this.#proposedAt.get(index)
      if (at !== undefined) this.#commit.observe((now - at) / 1000)
    }
    this.#appliedIndex = applied
  }
}
