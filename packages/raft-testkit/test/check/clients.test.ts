import { test } from 'vitest'
import { expectViolation, invariant, node, noDisks } from '../support/observed.ts'

const applied = (id: string, index: number, digest: number, text = '') => ({
  id,
  index,
  term: 1,
  payload: new TextEncoder().encode(text),
  digest,
})

test('another history is seen', () => {
  const check = invariant('state machine safety')
  check.onApplied(applied('n1', 1, 11))
  check.onApplied(applied('n2', 1, 11))
  expectViolation(check, () => check.onApplied(applied('n3', 1, 12)))
})

test('a snapshot that is not what applying gives is seen', () => {
  const check = invariant('state machine safety')
  check.onApplied(applied('n1', 1, 11))
  check.onRestored('n2', 1, 11)
  check.onRestored('n2', 0, 99)
  expectViolation(check, () => check.onRestored('n2', 1, 12))
})

test('applying what is not committed is seen', () => {
  const check = invariant('state machine safety')
  expectViolation(check, () => check.afterEvent(node({ log: [1, 1], commit: 1, applied: 2 }), noDisks))
})

test('applying too far beyond the own disk is seen', () => {
  const check = invariant('state machine safety')
  const far = { log: [1, 1, 1], commit: 3, durable: 1, appliedAhead: 1 }
  check.afterEvent(node({ ...far, applied: 2 }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ ...far, applied: 3 }), noDisks))
})

test('applying again within a start is seen, after a restart it is normal', () => {
  const check = invariant('state machine safety')
  check.afterEvent(node({ boot: 'first', log: [1, 1], commit: 2, applied: 2 }), noDisks)
  check.afterEvent(node({ boot: 'second', log: [1, 1], commit: 2, applied: 1 }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ boot: 'first', log: [1, 1], commit: 2, applied: 1 }), noDisks))
})

test('an entry that is applied at two indexes is seen, at one on many nodes is fine', () => {
  const check = invariant('client promises')
  check.onApplied(applied('n1', 5, 1, 's1'))
  check.onApplied(applied('n2', 5, 1, 's1'))
  expectViolation(check, () => check.onApplied(applied('n1', 6, 2, 's1')))
})

test('an acknowledgement of another index, or of nothing, is seen', () => {
  const check = invariant('client promises')
  expectViolation(check, () => check.onAcknowledged('s9', 4, 1))
  check.onApplied(applied('n1', 5, 1, 's1'))
  check.onAcknowledged('s1', 5, 1)
  expectViolation(check, () => check.onAcknowledged('s1', 6, 1))
})

test('a refusal that was no refusal is seen, whichever comes first', () => {
  const check = invariant('client promises')
  check.onRefused('s1', 'SUPERSEDED')
  expectViolation(check, () => check.onApplied(applied('n1', 5, 1, 's1')))
  check.onApplied(applied('n1', 6, 1, 's2'))
  expectViolation(check, () => check.onRefused('s2', 'NOT_LEADER'))
})

test('a stale leader that confirms itself is seen', () => {
  const check = invariant('current reads')
  check.onReadAsked('early')
  check.afterEvent(node({ id: 'n2', term: 2, log: [1, 2], commit: 2 }), noDisks)
  check.onReadAsked('late')
  const stale = node({ id: 'n1', term: 1, log: [1, 1], commit: 1 })
  check.onReadAnswered('early', 'verified', stale)
  expectViolation(check, () => check.onReadAnswered('late', 'verified', stale))
})

test('a barrier that is answered before everything is applied is seen', () => {
  const check = invariant('current reads')
  const leader = { id: 'n2', term: 2, log: [1, 2], commit: 2 }
  check.afterEvent(node(leader), noDisks)
  for (const read of ['a', 'b', 'c']) check.onReadAsked(read)
  check.onReadAnswered('a', 'verified', node({ ...leader, applied: 1 }))
  check.onReadAnswered('b', 'barrier', node({ ...leader, applied: 2 }))
  expectViolation(check, () => check.onReadAnswered('c', 'barrier', node({ ...leader, applied: 1 })))
})

test('a proposal below what was known when it was made is seen', () => {
  const check = invariant('linearizable')
  check.onProposed('a')
  check.onProposed('b')
  check.onAcknowledged('b', 7, 1)
  check.onApplied(applied('n1', 5, 1, 'a'))
  check.onProposed('c')
  expectViolation(check, () => check.onApplied(applied('n1', 6, 1, 'c')))
  check.onApplied(applied('n1', 8, 1, 'c'))
})

test('a barrier that shows less than was known when it was asked is seen, and what it shows is known', () => {
  const check = invariant('linearizable')
  check.onProposed('a')
  check.onAcknowledged('a', 4, 1)
  for (const read of ['r0', 'r1']) check.onReadAsked(read)
  check.onReadAnswered('r0', 'barrier', node({ log: [1, 1, 1, 1, 1, 1], commit: 6, applied: 6 }))
  check.onProposed('b')
  expectViolation(check, () => check.onApplied(applied('n1', 5, 1, 'b')))
  expectViolation(check, () => check.onReadAnswered('r1', 'barrier', node({ log: [1, 1, 1], commit: 3, applied: 3 })))
})
