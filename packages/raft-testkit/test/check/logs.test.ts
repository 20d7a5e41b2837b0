import type { AppendResponse } from 'raft-core'
import { test } from 'vitest'
import { disks, entry, envelope, expectViolation, invariant, node, noDisks } from '../support/observed.ts'

const written = (id: string, previousTerm: number, ...entries: ReturnType<typeof entry>[]) => ({
  id,
  incarnation: `${id}-a`,
  previousTerm,
  entries,
  hardState: undefined,
})

test('another entry at the same index and term is seen', () => {
  const check = invariant('log matching')
  check.onWrite(written('n1', 0, entry(1, 1, 'x')))
  check.onWrite(written('n2', 0, entry(1, 1, 'x')))
  check.onWrite(written('n2', 0, entry(1, 2, 'y')))
  expectViolation(check, () => check.onWrite(written('n3', 0, entry(1, 1, 'y'))))
})

test('the same entry behind another one is seen', () => {
  const check = invariant('log matching')
  check.onWrite(written('n1', 1, entry(2, 2)))
  expectViolation(check, () => check.onWrite(written('n2', 2, entry(2, 2))))
})

test('what was committed and differs elsewhere is seen', () => {
  const check = invariant('committed for ever')
  check.afterEvent(node({ id: 'n1', log: [1, 1, 2], commit: 3 }), noDisks)
  check.afterEvent(node({ id: 'n2', log: [1, 1, 2], commit: 2 }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ id: 'n3', log: [1, 1, 3], commit: 3 }), noDisks))
})

test('a snapshot of something else than was committed is seen', () => {
  const check = invariant('committed for ever')
  check.afterEvent(node({ id: 'n1', log: [1, 1, 2], commit: 3 }), noDisks)
  const wrong = node({ id: 'n3', base: { index: 3, term: 1 }, commit: 3 })
  expectViolation(check, () => check.afterEvent(wrong, noDisks))
})

test('a commit index that falls within a start is seen, a restart may begin lower', () => {
  const check = invariant('committed for ever')
  check.afterEvent(node({ boot: 'first', log: [1, 1], commit: 2 }), noDisks)
  check.afterEvent(node({ boot: 'second', log: [1, 1], commit: 0 }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ boot: 'first', log: [1, 1], commit: 1 }), noDisks))
})

test('a leader that lacks a committed entry is seen', () => {
  const check = invariant('committed for ever')
  check.afterEvent(node({ id: 'n1', term: 1, log: [1, 1], commit: 2 }), noDisks)
  check.afterEvent(node({ id: 'n2', term: 2, log: [1, 1, 2], leads: true }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ id: 'n3', term: 3, log: [1, 3], leads: true }), noDisks))
})

test('a leader that won an old term late owes nothing that a later one committed', () => {
  const check = invariant('committed for ever')
  check.afterEvent(node({ id: 'n1', term: 3, log: [1, 3], commit: 2 }), noDisks)
  check.afterEvent(node({ id: 'n2', term: 2, log: [1, 1, 2], leads: true }), noDisks)
})

test('a commit that a majority does not have on disk is seen', () => {
  const check = invariant('durable on a quorum')
  const leader = node({ term: 2, log: [1, 2], commit: 2, leads: true })
  check.afterEvent(leader, disks({ 'n1-a': { log: [1, 2] }, 'n3-a': { log: [1, 2] } }))
  const next = node({ term: 2, log: [1, 2, 2], commit: 3, leads: true })
  const held = { 'n1-a': { log: [1, 2, 2] }, 'n2-a': { log: [1, 2, 1] }, 'n3-a': { log: [1, 2] } }
  expectViolation(check, () => check.afterEvent(next, disks(held)))
})

test('a directory that the configuration does not name counts for nothing', () => {
  const check = invariant('durable on a quorum')
  const leader = node({ term: 1, log: [1], commit: 1, leads: true })
  expectViolation(check, () => check.afterEvent(leader, disks({ 'n1-a': { log: [1] }, 'n2-b': { log: [1] } })))
})

test('an entry of an older term that is committed by counting is seen', () => {
  const check = invariant('durable on a quorum')
  const leader = node({ term: 3, log: [1, 1], commit: 2, leads: true })
  const all = disks({ 'n1-a': { log: [1, 1] }, 'n2-a': { log: [1, 1] }, 'n3-a': { log: [1, 1] } })
  expectViolation(check, () => check.afterEvent(leader, all))
})

test('a leader that cuts its own log is seen', () => {
  const check = invariant('leader append-only')
  check.afterEvent(node({ term: 2, log: [1, 2], leads: true }), noDisks)
  check.onTruncated(node({ term: 3, log: [1] }), 2)
  expectViolation(check, () => check.onTruncated(node({ term: 2, log: [1] }), 2))
})

test('a node that cuts what it knows to be committed is seen', () => {
  const check = invariant('leader append-only')
  check.afterEvent(node({ term: 2, log: [1, 2], commit: 2 }), noDisks)
  expectViolation(check, () => check.onTruncated(node({ term: 3, log: [1] }), 2))
})

test.each([
  ['a match that is not below next', { match: 2, next: 2 }],
  ['a match beyond the log', { match: 3, next: 4 }],
  ['too many appends on the way', { inflight: Array.from({ length: 3 }, () => ({ end: 2, bytes: 1, sentAt: 0 })) }],
  ['too many bytes on the way', { inflightBytes: 1000 }],
  ['an append that is too large', { inflight: [{ end: 2, bytes: 1000, sentAt: 0 }], inflightBytes: 1000 }],
  ['appends on the way of a probe', { mode: 'probe' as const, inflight: [{ end: 2, bytes: 1, sentAt: 0 }] }],
])('a leader that believes in %s is seen', (_name, peer) => {
  const check = invariant('leader append-only')
  check.afterEvent(node({ log: [1, 1], leads: true, peers: { n2: { match: 1, next: 3 } } }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ log: [1, 1], leads: true, peers: { n2: peer } }), noDisks))
})

const ack = (durableIndex: number, term = 1): AppendResponse => ({
  kind: 'appendResponse',
  term,
  round: 0,
  accepted: true,
  acceptedIndex: durableIndex,
  durableIndex,
  previousIndex: 0,
  conflictTerm: 0,
  conflictIndex: 0,
})

test('an acknowledgement of what is not on disk is seen', () => {
  const check = invariant('claims are durable')
  const stored = disks({ 'n2-a': { log: [1, 1], hardState: { term: 1 } } })
  check.onSent(node({ id: 'n2', log: [1, 1, 1] }), 'n1', envelope(ack(2)), stored)
  expectViolation(check, () => check.onSent(node({ id: 'n2', log: [1, 1, 1] }), 'n1', envelope(ack(3)), stored))
})

test('an acknowledgement of something else than the leader has is seen', () => {
  const check = invariant('claims are durable')
  const leader = node({ id: 'n1', term: 3, log: [1, 3], leads: true })
  const stored = disks({ 'n2-a': { log: [1, 2], hardState: { term: 3 } } }, leader)
  const follower = node({ id: 'n2', term: 3, log: [1, 2] })
  check.onSent(follower, 'n1', envelope(ack(1, 3)), stored)
  expectViolation(check, () => check.onSent(follower, 'n1', envelope(ack(2, 3)), stored))
})

test.each([
  ['compacted beyond its snapshot', { base: { index: 3, term: 1 }, snapshot: { index: 2, term: 1 }, log: [1] }],
  ['a snapshot of what it may not apply', { log: [1, 1], commit: 2, applicable: 1, snapshot: { index: 2, term: 1 } }],
  ['may apply what is not committed', { log: [1, 1], commit: 1, applicable: 2 }],
  ['committed what it does not have', { log: [1], commit: 2 }],
  ['applied what it may not', { log: [1, 1], commit: 2, applicable: 1, applied: 2 }],
  ['is durable beyond its log', { log: [1], durable: 2 }],
])('a node that is %s is seen', (_name, sketch) => {
  const check = invariant('ordered indexes')
  check.afterEvent(node({ base: { index: 3, term: 1 }, log: [1, 2], commit: 4, applied: 3 }), noDisks)
  expectViolation(check, () => check.afterEvent(node(sketch), noDisks))
})

test('a snapshot that is complete before the log through it is durable is seen', () => {
  const check = invariant('ordered indexes')
  const taker = node({ log: [1, 1, 1], commit: 3, durable: 2 })
  check.onSnapshotTaken(taker, 2)
  expectViolation(check, () => check.onSnapshotTaken(taker, 3))
})

test('a commit that no leader made is seen, what a leader told before it died is fine', () => {
  const check = invariant('leaders commit')
  check.afterEvent(node({ term: 1, log: [1], commit: 1, leads: true }), noDisks)
  check.afterEvent(node({ id: 'n2', log: [1, 1], commit: 1 }), noDisks)
  check.onSent(node({ term: 1, log: [1, 1], commit: 2, leads: true }), 'n2', envelope(ack(0)), noDisks)
  check.afterEvent(node({ id: 'n2', log: [1, 1, 1], commit: 2 }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ id: 'n2', log: [1, 1, 1], commit: 3 }), noDisks))
})

test('accepting something else than the leader has, or than there is, is seen', () => {
  const check = invariant('claims are durable')
  const leader = node({ id: 'n2', term: 3, log: [1, 3], leads: true })
  const cluster = disks({ 'n1-a': { log: [1], hardState: { term: 3 } } }, leader)
  const answer = { ...ack(1, 3), acceptedIndex: 2 }
  check.onSent(node({ term: 3, log: [1, 3] }), 'n2', envelope(answer), cluster)
  expectViolation(check, () => check.onSent(node({ term: 3, log: [1, 2] }), 'n2', envelope(answer), cluster))
  expectViolation(check, () => check.onSent(node({ term: 3, log: [1] }), 'n2', envelope(answer), cluster))
})
