import { type AppliedEntry, encodeEntry, type FSM, type LogStore, type SnapshotStore } from 'raft-core'
import { expect, test } from 'vitest'
import { ApplyLoop } from '../../src/driver/apply-loop.ts'
import { appendEntries, type LogState } from '../../src/step/log.ts'

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
