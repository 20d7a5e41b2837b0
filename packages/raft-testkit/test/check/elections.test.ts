import { initialHardState } from 'raft-core'
import { expect, test } from 'vitest'
import { disks, entry, envelope, expectViolation, invariant, node, noDisks } from '../support/observed.ts'

test('two leaders of one term are seen, one leader of two terms is fine', () => {
  const check = invariant('election safety')
  check.afterEvent(node({ id: 'n1', term: 1, leads: true }), noDisks)
  check.afterEvent(node({ id: 'n2', term: 2, leads: true }), noDisks)
  check.afterEvent(node({ id: 'n2', term: 2, leads: true }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ id: 'n1', term: 2, leads: true }), noDisks))
})

test('a directory that returned under the same id is another leader', () => {
  const check = invariant('election safety')
  check.afterEvent(node({ term: 1, leads: true }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ term: 1, leads: true, incarnation: 'n1-b' }), noDisks))
})

const write = (term: number, votedFor?: string, entries: ReturnType<typeof entry>[] = []) => ({
  id: 'n1',
  incarnation: 'n1-a',
  previousTerm: 0,
  entries,
  hardState: { ...initialHardState, term, votedFor: votedFor ? { id: votedFor, incarnation: votedFor } : undefined },
})

test('a stored term that falls is seen', () => {
  const check = invariant('term and vote')
  check.onDurable(write(3))
  expectViolation(check, () => check.onDurable(write(2)))
})

test('a second vote in a term is seen, a vote in the next is fine', () => {
  const check = invariant('term and vote')
  check.onDurable(write(3))
  check.onDurable(write(3, 'n2'))
  check.onDurable(write(4, 'n3'))
  expectViolation(check, () => check.onDurable(write(4, 'n2')))
})

test('a vote that is taken back is seen', () => {
  const check = invariant('term and vote')
  check.onDurable(write(3, 'n2'))
  expectViolation(check, () => check.onDurable(write(3)))
})

test('an entry that is stored before its term is seen', () => {
  const check = invariant('term and vote')
  check.onDurable(write(3))
  expectViolation(check, () => check.onDurable({ ...write(3), entries: [entry(1, 4)], hardState: undefined }))
})

test('a start that forgot its stored term is seen', () => {
  const check = invariant('term and vote')
  check.onDurable(write(3))
  check.afterEvent(node({ term: 3, boot: 'first' }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ term: 2, boot: 'second' }), noDisks))
})

test('a start that forgot its stored vote is seen, one that voted before it stored is fine', () => {
  const check = invariant('term and vote')
  check.onDurable(write(3))
  check.afterEvent(node({ term: 3, votedFor: 'n2' }), noDisks)
  check.onDurable(write(3, 'n2'))
  check.afterEvent(node({ term: 3, votedFor: 'n2' }), noDisks)
  expectViolation(check, () => check.afterEvent(node({ term: 3, boot: 'second' }), noDisks))
})

test('a leader whose disk does not know its term is seen', () => {
  const check = invariant('claims are durable')
  const stored = disks({ 'n1-a': { hardState: { term: 2 } } })
  check.afterEvent(node({ term: 2, leads: true }), stored)
  check.afterEvent(node({ term: 3 }), stored)
  expectViolation(check, () => check.afterEvent(node({ term: 3, leads: true }), stored))
})

const vote = (requestTerm: number, granted: boolean, term = requestTerm) =>
  envelope({ kind: 'voteResponse', term, requestTerm, preVote: false, granted })

test('a vote that leaves before it is stored is seen', () => {
  const check = invariant('claims are durable')
  const asked = node({ term: 2 })
  const stored = disks({ 'n1-a': { hardState: { term: 2, votedFor: { id: 'n2', incarnation: 'x' } } } })
  check.onSent(asked, 'n2', vote(2, true), stored)
  expectViolation(check, () => check.onSent(asked, 'n3', vote(2, true), stored))
  expectViolation(check, () => check.onSent(asked, 'n2', vote(3, true), stored))
})

test('votes for two candidates are seen, also when the disk forgot the first', () => {
  const check = invariant('claims are durable')
  const votedFor = (id: string) => disks({ 'n1-a': { hardState: { term: 2, votedFor: { id, incarnation: 'x' } } } })
  check.onSent(node({ term: 2 }), 'n2', vote(2, true), votedFor('n2'))
  expectViolation(check, () => check.onSent(node({ term: 2 }), 'n3', vote(2, true), votedFor('n3')))
})

test('a pre-vote promises nothing', () => {
  const check = invariant('claims are durable')
  const request = { kind: 'voteRequest', term: 9, lastLogIndex: 0, lastLogTerm: 0, transfer: false } as const
  check.onSent(node(), 'n2', envelope({ ...request, preVote: true }), noDisks)
  expectViolation(check, () => check.onSent(node(), 'n2', envelope({ ...request, preVote: false }), noDisks))
  expect(check.name).toBe('claims are durable')
})
