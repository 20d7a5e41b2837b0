import { expect, test } from 'vitest'
import { accepted, clusterArgs, notedKeys, refusedKeys, warnedKeys } from './load.ts'

const timing = (heartbeat: string, lease: string, election?: string): readonly string[] =>
  clusterArgs({
    'raft.heartbeat_timeout': heartbeat,
    'raft.leader_lease_timeout': lease,
    'raft.election_timeout': election,
  })

test.each([
  ['1s', '500ms', 1000],
  ['100ms', '500ms', 1000],
  ['50ms', '250ms', 500],
  ['5s', '500ms', 5000],
])('with heartbeat %s and lease %s the election timeout is %d ms', (heartbeat, lease, electionMs) => {
  expect(accepted({ args: timing(heartbeat, lease) }).raft.electionTimeoutMs).toBe(electionMs)
  expect(warnedKeys({ args: timing(heartbeat, lease) })).toEqual([])
})

test('an election timeout that is set is kept, and 0 derives it', () => {
  expect(accepted({ args: timing('1s', '500ms', '3s') }).raft.electionTimeoutMs).toBe(3000)
  expect(accepted({ args: timing('1s', '500ms', '0') }).raft.electionTimeoutMs).toBe(1000)
})

test('a lease that is not below the election timeout is refused', () => {
  expect(refusedKeys({ args: timing('100ms', '500ms', '500ms') })).toEqual(['raft.leader_lease_timeout'])
  expect(refusedKeys({ args: timing('100ms', '500ms', '501ms') })).toEqual([])
})

test('a lease above the heartbeat is not refused', () => {
  expect(refusedKeys({ args: timing('50ms', '2s') })).toEqual([])
})

test.each([
  ['49ms', '500ms', undefined, 'raft.heartbeat_timeout'],
  ['50ms', '99ms', undefined, 'raft.leader_lease_timeout'],
  ['2s', '500ms', '1s', 'raft.election_timeout'],
])('heartbeat %s, lease %s, election %s is taken with a warning', (heartbeat, lease, election, key) => {
  expect(refusedKeys({ args: timing(heartbeat, lease, election) })).toEqual([])
  expect(warnedKeys({ args: timing(heartbeat, lease, election) })).toEqual([key])
})

test('a heartbeat outside 10 to 30 % of the lease is a note of the check, also for the defaults', () => {
  const ratioNotes = (heartbeat: string, lease: string): number =>
    notedKeys({ args: timing(heartbeat, lease) }).filter((key) => key === 'raft.heartbeat_timeout').length
  expect(ratioNotes('1s', '500ms')).toBe(1)
  expect(ratioNotes('100ms', '500ms')).toBe(0)
  expect(ratioNotes('50ms', '250ms')).toBe(0)
  expect(ratioNotes('50ms', '500ms')).toBe(0)
  expect(ratioNotes('150ms', '500ms')).toBe(0)
  expect(ratioNotes('200ms', '500ms')).toBe(1)
})

test('times of zero, below zero or without a unit are refused', () => {
  for (const key of ['raft.heartbeat_timeout', 'raft.leader_lease_timeout', 'raft.send_timeout', 'node.block_time']) {
    for (const text of ['0s', '-1s', '100', '1 s', 'fast', '', '1000h']) {
      expect(refusedKeys({ args: clusterArgs({ [key]: text }) })).toEqual([key])
    }
  }
})

test('keeping no log behind a snapshot is warned of', () => {
  const changes = { 'raft.trailing_logs': '0', 'raft.trailing_log_bytes': '0' }
  expect(warnedKeys({ args: clusterArgs(changes) })).toEqual(['raft.trailing_logs', 'raft.trailing_log_bytes'])
})
