import {
  type AppliedEntry,
  encodeEntry,
  type FSM,
  type LogStore,
  type SnapshotSource,
  type SnapshotStore,
} from 'raft-core'
import { expect, test } from 'vitest'
import { ApplyLoop } from '../../src/driver/apply-loop.ts'
import { appendEntries, evict, type LogState } from '../../src/step/log.ts'

const unexpected = (): never => expect.fail('this is never asked')

function logOf(count: number): LogState {
  const log: LogState = {
    base: { index: 0, term: 0 },
    lastIndex: 0,
    terms: [],
    tail: [],
    tailBytes: 0,
    durableIndex: 0,
  }
  const entries = Array.from({ length: count }, (_, i) => encodeEntry(i + 1, 1, 'command', Uint8Array.of(i)))
  appendEntries(log, entries)
  return log
}

const unused = new Proxy({}, { get: () => unexpected })

function loopOver(log: LogState, fsm: Pick<FSM<number>, 'apply'>, onApplied: () => void): ApplyLoop<number> {
  return new ApplyLoop<number>(
    {
      fsm: fsm as FSM<number>,
      logStore: unused as LogStore,
      snapshotStore: unused as SnapshotStore,
      applyBytes: 1000,
      log: () => log,
      applied: onApplied,
      progressed: () => {},
      restored: () => {},
      failed: (error) => failures.push(error),
    },
    0,
    0,
  )
}

const failures: Error[] = []

test('whoever is told of one entry of a batch finds the applied index behind the whole batch, as the state is', () => {
  const seen: number[] = []
  const fsm = { apply: (batch: readonly AppliedEntry[]): number[] => batch.map(({ index }) => index) }
  const loop: ApplyLoop<number> = loopOver(logOf(5), fsm, () => seen.push(loop.applied.index))
  loop.advance(5)
  expect(seen).toEqual([5, 5, 5, 5, 5])
})

test('a state machine that throws, or answers too little, stops the loop', () => {
  for (const apply of [() => [], () => expect.fail('broken')]) {
    failures.length = 0
    const loop = loopOver(logOf(3), { apply }, () => {})
    loop.advance(2)
    loop.advance(3)
    expect(failures).toMatchObject([{ code: 'FSM_FAILED' }])
  }
})

/** A log of five entries whose first three are on disk alone, a snapshot at 4@7, and ports that answer when the test says so. */
class Slow {
  readonly log: LogState = logOf(5)
  readonly did: string[] = []
  readonly #pending: (() => void)[] = []
  readonly loop: ApplyLoop<number>

  constructor() {
    evict(this.log, 3, 1)
    const later = (action: () => void): void => {
      if (this.#pending.length > 9) throw new Error('it asks again and again, and waits for no answer')
      this.#pending.push(action)
    }
    const metadata = snapshot
    const source: SnapshotSource = { metadata, sizeBytes: 0, read: unexpected, close: (done) => later(done) }
    this.loop = new ApplyLoop<number>(
      {
        fsm: {
          apply: (batch) => {
            this.did.push(`apply ${batch.map(({ index }) => index).join()}`)
            return batch.map(({ index }) => index)
          },
          snapshot: unexpected,
          restore: (_source, done) => {
            this.did.push('restore')
            later(done)
          },
        },
        logStore: {
          read: (from, end, _limit, done) =>
            later(() =>
              done(
                undefined,
                logOf(5).tail.filter(({ index }) => index >= from && index < end),
              ),
            ),
        } as LogStore,
        snapshotStore: {
          list: (done) => later(() => done(undefined, [{ metadata, sizeBytes: 0 }])),
          open: (_snapshot, done) => later(() => done(undefined, source)),
        } as SnapshotStore,
        applyBytes: 1000,
        log: () => this.log,
        applied: () => {},
        progressed: (index) => this.did.push(`applied ${index}`),
        restored: ({ index }) => this.did.push(`restored ${index}`),
        failed: (error) => this.did.push(error.message),
      },
      0,
      0,
    )
  }

  answerAll(): void {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) next()
  }
}

const snapshot = {
  index: 4,
  term: 7,
  configuration: { servers: [], outgoing: [] },
  configurationIndex: 0,
  clusterId: '',
  epoch: 0,
}

test('entries are applied once and in order, those that must be read first', () => {
  const slow = new Slow()
  for (const index of [1, 2, 5, 3]) slow.loop.advance(index)
  slow.answerAll()
  expect(slow.did.filter((done) => done.startsWith('apply')).join(' ')).toBe('apply 1 apply 2,3 apply 4,5')
  expect(slow.loop.applied).toEqual({ index: 5, term: 1 })
})

test('what was being read when a snapshot came is not applied behind it', () => {
  const slow = new Slow()
  slow.loop.advance(3)
  slow.loop.restore(snapshot)
  slow.answerAll()
  expect(slow.did).toEqual(['restore', 'restored 4'])
  expect(slow.loop.applied).toEqual({ index: 4, term: 7 })
  slow.loop.advance(5)
  expect(slow.did.slice(2)).toEqual(['apply 5', 'applied 5'])
})

test('nothing is applied while a snapshot is restored', () => {
  const slow = new Slow()
  slow.loop.restore(snapshot)
  slow.loop.advance(5)
  expect(slow.did).toEqual([])
  slow.answerAll()
  expect(slow.did).toEqual(['restore', 'restored 4', 'apply 5', 'applied 5'])
})

test('a loop that is stopped applies nothing more, whatever is answered', () => {
  const slow = new Slow()
  slow.loop.advance(5)
  slow.loop.stop()
  slow.answerAll()
  expect(slow.did).toEqual([])
})
