import type { Clock, Done, Entry, LogStore } from 'raft-core'
import { expect, test } from 'vitest'
import { LogMetrics } from '../../src/observe/metrics/log-metrics.ts'
import { MetricSet } from '../../src/observe/metrics/metric-set.ts'
import { parseSamples } from './support/samples.ts'

/** A log whose writes end when the test says so, on a clock that the test moves. */
function timedLog(): {
  readonly log: LogMetrics
  readonly store: LogStore
  readonly finished: Done[]
  readonly advance: (ms: number) => void
  readonly sample: (series: string) => Promise<number | undefined>
} {
  let now = 0
  const clock: Clock = { now: () => now, wakeAt: () => () => {} }
  const metrics = new MetricSet()
  const log = new LogMetrics(metrics, clock)
  const finished: Done[] = []
  const inner: Pick<LogStore, 'append' | 'open'> = {
    append: (_write, done) => void finished.push(done),
    open: (done) =>
      done(undefined, {
        lastIndex: 7,
        base: { index: 0, term: 0 },
        terms: [],
        damaged: undefined,
        hardState: {} as never,
      }),
  }
  return {
    log,
    store: log.timed(inner as LogStore),
    finished,
    advance: (ms) => {
      now += ms
    },
    sample: async (series) => parseSamples(await metrics.text()).values.get(series),
  }
}

function entry(index: number): Entry {
  return { index, term: 1, type: 'command', payload: new Uint8Array(0), record: new Uint8Array(100) }
}

test('a write takes until it is fsynced, a commit until it is applied', async () => {
  const { log, store, finished, advance, sample } = timedLog()
  log.onEvent({ kind: 'roleChanged', role: 'leader', term: 1, cause: 'electionWon' })
  const ends: unknown[] = []
  store.append({ truncateFrom: undefined, entries: [entry(1), entry(2)], hardState: undefined }, (error) =>
    ends.push(error),
  )
  advance(3)
  finished[0]!()
  advance(4)
  log.onEvent({ kind: 'applied', index: 2, term: 1 })
  expect(ends).toEqual([undefined])
  expect(await sample('raft_log_append_seconds_sum')).toBe(0.003)
  expect(await sample('raft_log_appended_bytes_total')).toBe(200)
  expect(await sample('raft_commit_seconds_count')).toBe(2)
  expect(await sample('raft_commit_seconds_sum')).toBe(0.014)
  expect(log.proposedAt(2)).toBe(0)
})

test('a failed write is told on, and a follower times no commits', async () => {
  const { log, store, finished, sample } = timedLog()
  const failure = new Error('the disk is full')
  const ends: unknown[] = []
  store.append({ truncateFrom: undefined, entries: [entry(1)], hardState: undefined }, (error) => ends.push(error))
  finished[0]!(failure)
  log.onEvent({ kind: 'applied', index: 1, term: 1 })
  expect(ends).toEqual([failure])
  expect(await sample('raft_commit_seconds_count')).toBe(0)
})

test('entries of a leadership that ended are forgotten', async () => {
  const { log, store, sample } = timedLog()
  log.onEvent({ kind: 'roleChanged', role: 'leader', term: 1, cause: 'electionWon' })
  store.append({ truncateFrom: undefined, entries: [entry(1)], hardState: undefined }, () => {})
  log.onEvent({ kind: 'roleChanged', role: 'follower', term: 2, cause: 'higherTerm' })
  log.onEvent({ kind: 'applied', index: 1, term: 1 })
  expect(log.proposedAt(1)).toBeUndefined()
  expect(await sample('raft_commit_seconds_count')).toBe(0)
})

test('where the log stood when it was opened is known, and a leader remembers a bounded number of entries', () => {
  const { log, store } = timedLog()
  store.open(() => {})
  expect(log.openedIndex).toBe(7)
  log.onEvent({ kind: 'roleChanged', role: 'leader', term: 1, cause: 'electionWon' })
  const entries = Array.from({ length: 5000 }, (_, i) => entry(i + 1))
  store.append({ truncateFrom: undefined, entries, hardState: undefined }, () => {})
  expect(log.proposedAt(1)).toBeUndefined()
  expect(log.proposedAt(5000)).toBe(0)
})
