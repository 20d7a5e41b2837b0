import type { VoteRequest } from 'raft-core'
import { expect, test } from 'vitest'
import { nextDeadline } from '../../src/step/step.ts'
import { configurationOf, entries, member, server, SteppedNode } from '../support/stepped-node.ts'

const request = (
  term: number,
  lastLogIndex: number,
  lastLogTerm: number,
  more: Partial<VoteRequest> = {},
): VoteRequest => ({
  kind: 'voteRequest',
  term,
  lastLogIndex,
  lastLogTerm,
  preVote: false,
  transfer: false,
  ...more,
})

/** What it answers, once its disk has done everything. */
const answers = (node: SteppedNode): readonly boolean[] =>
  node
    .durable()
    .sent('voteResponse')
    .map(({ granted }) => granted)

test('a vote leaves once it is durable with its term', () => {
  const node = new SteppedNode({ log: [1] }).receive('n2', request(5, 1, 1))
  expect(node.sent('voteResponse')).toEqual([])
  expect(node.writes).toMatchObject([{ hardState: { term: 5, votedFor: member('n2') } }])
  expect(node.durable().sent('voteResponse')).toMatchObject([{ to: 'n2', term: 5, requestTerm: 5, granted: true }])
})

test('a vote is given once a term, again to the same directory, never to another', () => {
  const node = new SteppedNode().receive('n2', request(5, 0, 0))
  expect(answers(node)).toEqual([true])
  expect(answers(node.receive('n3', request(5, 9, 4)))).toEqual([false])
  expect(answers(node.receive(member('n2', 1), request(5, 9, 4)))).toEqual([false])
  expect(answers(node.receive('n2', request(5, 0, 0)))).toEqual([true])
  expect(answers(node.receive('n3', request(6, 0, 0)))).toEqual([true])
  expect(node.state.votedFor).toEqual(member('n3'))
})

test('a vote of an old term is refused with the new one', () => {
  const node = new SteppedNode({ hardState: { term: 5 } }).receive('n2', request(4, 9, 4))
  expect(node.sent('voteResponse')).toMatchObject([{ term: 5, requestTerm: 4, granted: false }])
})

test('a start remembers term and vote, also of a term that only a snapshot knows', () => {
  const hardState = { term: 5, votedFor: member('n3') }
  expect(answers(new SteppedNode({ hardState }).receive('n2', request(5, 9, 4)))).toEqual([false])
  expect(answers(new SteppedNode({ hardState }).receive('n3', request(5, 9, 4)))).toEqual([true])
  const raised = new SteppedNode({ base: { index: 9, term: 7 }, hardState })
  expect([raised.state.term, raised.state.votedFor]).toEqual([7, undefined])
})

const positions = [1, 2, 3].flatMap((term) => [1, 2, 3].map((index) => ({ index, term })))

test('a candidate gets a vote and a pre-vote exactly when its log is at least as up to date', () => {
  for (const own of positions) {
    for (const theirs of positions) {
      for (const preVote of [false, true]) {
        const node = new SteppedNode({ log: Array.from({ length: own.index }, () => own.term), hardState: { term: 3 } })
        node.receive('n2', request(4, theirs.index, theirs.term, { preVote }))
        const wanted = theirs.term > own.term || (theirs.term === own.term && theirs.index >= own.index)
        expect(answers(node), JSON.stringify({ own, theirs, preVote })).toEqual([wanted])
      }
    }
  }
})

test('a node that once held more than it has votes only for those that hold as much', () => {
  const standing = { log: [1, 1], hardState: { term: 3, floor: { index: 6, term: 2 } } }
  for (const preVote of [false, true]) {
    expect(answers(new SteppedNode(standing).receive('n2', request(4, 5, 2, { preVote })))).toEqual([false])
    expect(answers(new SteppedNode(standing).receive('n2', request(4, 6, 2, { preVote })))).toEqual([true])
  }
})

test('a pre-vote raises no term, takes no vote and writes nothing', () => {
  const node = new SteppedNode({ hardState: { term: 3 } }).receive('n2', request(9, 0, 0, { preVote: true }))
  expect(node.sent('voteResponse')).toMatchObject([{ term: 3, requestTerm: 9, preVote: true, granted: true }])
  expect([node.state.term, node.state.votedFor, node.writes]).toEqual([3, undefined, []])
  node.receive('n3', request(3, 9, 3, { preVote: true }))
  expect(node.sent('voteResponse')).toMatchObject([{ granted: false }])
})

test('who hears a leader refuses others, until it was silent for long, is known to be dead, or asked itself', () => {
  const follower = (): SteppedNode => new SteppedNode().heartbeat('n2', 3).durable()
  for (const preVote of [false, true]) {
    const node = follower().receive('n3', request(4, 9, 3, { preVote }))
    expect(answers(node)).toEqual([false])
    expect(node.state.term).toBe(3)
    const silent = follower()
    silent.now += 101
    expect(answers(silent.receive('n3', request(4, 9, 3, { preVote })))).toEqual([true])
    const dead = follower().input({ kind: 'peerDown', id: 'n2', reason: 'refused' })
    expect(answers(dead.receive('n3', request(4, 9, 3, { preVote })))).toEqual([true])
  }
  expect(answers(follower().receive('n3', request(4, 9, 3, { transfer: true })))).toEqual([true])
})

test('a leader refuses votes of later terms as long as it leads', () => {
  const leader = new SteppedNode().lead('n2')
  const { term } = leader.state
  leader.receive('n3', request(term + 5, 99, term))
  expect(leader.sent('voteResponse').at(-1)).toMatchObject({ term, granted: false })
  expect(leader.role).toBe('leader')
})

test('whoever gave a vote gives the candidate time', () => {
  const node = new SteppedNode({ hardState: { term: 1 } })
  node.wait(nextDeadline(node.state) - node.now - 1)
  expect(
    node
      .receive('n2', request(1, 0, 0))
      .durable()
      .wait(95).role,
  ).toBe('follower')
  expect(node.wait(200).role).not.toBe('follower')
})

test('a vote is given to one that the own configuration does not know: it may be newer than ours', () => {
  const node = new SteppedNode({ configuration: configurationOf('n1', 'n2', server('n3', 'nonVoter')) })
  expect(answers(node.receive('n4', request(5, 0, 0)))).toEqual([true])
})

test('hearing the leader of the term takes no vote back', () => {
  const node = new SteppedNode().receive('n2', request(5, 0, 0)).durable()
  node.append('n3', 5, [0, 0], entries(1, 5)).durable()
  expect(node.state.votedFor).toEqual(member('n2'))
})
