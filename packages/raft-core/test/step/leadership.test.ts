import { decodeOpening } from 'raft-core'
import { expect, test } from 'vitest'
import { nextDeadline } from '../../src/step/step.ts'
import { configurationOf, entries, member, server, SteppedNode } from '../support/stepped-node.ts'

const roundOf = (node: SteppedNode): number => (node.state.role.kind === 'leader' ? node.state.role.round : 0)

test('a term begins with an opening entry that says who leads', () => {
  const node = new SteppedNode({ log: [1, 1], hardState: { term: 3 } }).campaign('n2').durable().vote('n2', true)
  expect(node.terms).toEqual([1, 1, 4])
  const [opening] = node.writes.at(-1)!.entries
  expect(opening).toMatchObject({ index: 3, term: 4, type: 'opening' })
  expect(decodeOpening(opening!.payload)).toMatchObject({ clusterId: 'c1', epoch: 0, leader: member('n1'), term: 4 })
})

test('an entry commits once a majority has it on disk, the leader counting itself only then too', () => {
  const node = new SteppedNode().campaign('n2').durable().vote('n2', true)
  expect(node.acknowledge('n2', 1).state.commit).toBe(0)
  expect(node.durable().state.commit).toBe(1)
  const five = new SteppedNode({ configuration: configurationOf('n1', 'n2', 'n3', 'n4', 'n5') }).campaign('n2', 'n3')
  five.durable().vote('n2', true).vote('n3', true)
  expect(five.acknowledge('n2', 1).acknowledge('n3', 1).state.commit).toBe(0)
  expect(five.acknowledge('n4', 1).state.commit).toBe(1)
})

test('half of the voters is no majority', () => {
  const node = new SteppedNode({ configuration: configurationOf('n1', 'n2', 'n3', 'n4') }).lead('n2', 'n3')
  expect(node.acknowledge('n2', 1).state.commit).toBe(0)
  expect(node.acknowledge('n3', 1).state.commit).toBe(1)
})

test('an entry of an earlier term commits only under one of the own term', () => {
  const node = new SteppedNode({ log: [1, 2, 2], hardState: { term: 4 } })
    .lead('n2')
    .acknowledge('n2', 3)
    .acknowledge('n3', 3)
  expect(node.state.commit).toBe(0)
  expect(node.acknowledge('n2', 4).state.commit).toBe(4)
})

test('both majorities commit while a configuration is joint', () => {
  const configuration = {
    servers: ['n1', 'n2', 'n3'].map((id) => server(id)),
    outgoing: ['n1', 'n4', 'n5'].map((id) => server(id)),
  }
  const node = new SteppedNode({ configuration }).wait(200)
  for (const id of ['n2', 'n4']) node.vote(id, true, true)
  node.durable()
  for (const id of ['n2', 'n4']) node.vote(id, true)
  node.durable().acknowledge('n2', 1).acknowledge('n3', 1)
  expect(node.state.commit).toBe(0)
  expect(node.acknowledge('n5', 1).state.commit).toBe(1)
})

test('a leader beats five times in the shorter of heartbeat timeout and lease', () => {
  const node = new SteppedNode({ timing: { heartbeatTimeoutMs: 100, leaderLeaseTimeoutMs: 50 } }).lead('n2')
  node.sent('heartbeat')
  expect(nextDeadline(node.state) - node.now).toBe(10)
  expect(node.wait(10).sent('heartbeat')).toMatchObject([
    { to: 'n2', term: node.state.term },
    { to: 'n3', term: node.state.term },
  ])
})

test('a leader that no majority answered for a lease steps down, not before', () => {
  const configuration = configurationOf('n1', 'n2', 'n3', 'n4', 'n5')
  const node = new SteppedNode({ configuration, timing: { leaderLeaseTimeoutMs: 80 } }).lead('n2', 'n3')
  node.wait(64)
  // One answer is no majority of five.
  expect(node.beat('n2', roundOf(node)).wait(15).role).toBe('leader')
  expect(node.wait(20).role).toBe('follower')
  expect(node.events.at(-1)).toMatchObject({ kind: 'leaderChanged', leader: undefined })
})

test('a leader that stood still asks once more before it gives up; only the time that it is awake counts', () => {
  const lead = (): SteppedNode => new SteppedNode({ timing: { leaderLeaseTimeoutMs: 80 } }).lead('n2')
  const answered = lead()
  answered.sent('heartbeat')
  answered.standStill(300)
  expect([answered.role, answered.sent('heartbeat').length]).toEqual(['leader', 2])
  answered.beat('n2', roundOf(answered))
  expect(answered.wait(64).role).toBe('leader')
  const unanswered = lead().standStill(60)
  expect(unanswered.wait(48).role).toBe('leader')
  expect(unanswered.wait(32).role).not.toBe('leader')
  const again = lead()
  for (let stalls = 0; stalls < 6; stalls++) again.standStill(60)
  expect(again.role).not.toBe('leader')
})

test('the lease runs from the start of the round that was answered, not from the answer', () => {
  const node = new SteppedNode({ timing: { leaderLeaseTimeoutMs: 80 } }).lead('n2').wait(16)
  const round = roundOf(node)
  node.wait(60).beat('n2', round)
  expect(node.wait(32).role).toBe('follower')
})

test('answers of non-voters and lost directories keep no lease', () => {
  const configuration = configurationOf('n1', 'n2', 'n3', server('n4', 'nonVoter'))
  const node = new SteppedNode({ configuration, timing: { leaderLeaseTimeoutMs: 80 } }).lead('n2')
  for (let beats = 0; beats < 8 && node.role === 'leader'; beats++) {
    node.wait(16).beat('n4', roundOf(node)).beat(member('n2', 1), roundOf(node))
  }
  expect(node.role).not.toBe('leader')
})

test('a leader that is confirmed keeps leading, and raises no term', () => {
  const node = new SteppedNode().lead('n2')
  for (let beats = 0; beats < 50; beats++) node.wait(16).beat('n3', roundOf(node))
  expect([node.role, node.state.term]).toEqual(['leader', 1])
})

const withoutMe = configurationOf(server('n1', 'nonVoter'), 'n2', 'n3')

test('a leader that is removed leads until that is committed, without its own vote, and then leaves', () => {
  const node = new SteppedNode().lead('n2').acknowledge('n2', 1).acknowledge('n3', 1)
  node.input({ kind: 'changeConfiguration', request: 1, configuration: withoutMe, expectedIndex: 0 }).durable()
  expect(node.acknowledge('n2', 2).role).toBe('leader')
  expect(node.state.commit).toBe(1)
  node.acknowledge('n3', 2)
  expect([node.state.commit, node.role]).toEqual([2, 'follower'])
  expect(node.events).toContainEqual(expect.objectContaining({ kind: 'roleChanged', cause: 'removed' }))
  expect(node.wait(2000).role).toBe('follower')
})

test('a leader confirms itself by a round that began after it was asked', () => {
  const node = new SteppedNode().lead('n2').acknowledge('n2', 1)
  const before = roundOf(node)
  node.input({ kind: 'verifyLeader', request: 7 })
  expect(node.answers.has(7)).toBe(false)
  expect(node.sent('heartbeat').at(-1)).toMatchObject({ round: before + 1 })
  node.beat('n2', before)
  expect(node.answers.has(7)).toBe(false)
  // What is asked while a round is open waits for the next.
  node.input({ kind: 'verifyLeader', request: 8 }).beat('n2', before + 1)
  expect([...node.answers.entries()]).toEqual([[7, undefined]])
  node.beat('n3', before + 2)
  expect([...node.answers.entries()]).toEqual([
    [7, undefined],
    [8, undefined],
  ])
})

test('half of the voters confirms nothing, and neither do non-voters or lost directories', () => {
  const configuration = configurationOf('n1', 'n2', 'n3', 'n4', server('n5', 'nonVoter'))
  const node = new SteppedNode({ configuration }).lead('n2', 'n3').input({ kind: 'verifyLeader', request: 7 })
  const round = roundOf(node)
  node.beat('n2', round).beat('n5', round).beat(member('n3', 1), round)
  expect(node.answers.has(7)).toBe(false)
  expect(node.beat('n3', round).answers.has(7)).toBe(true)
})

test('a leader that ends confirms nothing, and one that follows says who leads', () => {
  const node = new SteppedNode().lead('n2').input({ kind: 'verifyLeader', request: 7 })
  node.heartbeat('n3', 9).durable()
  expect(node.answers.get(7)).toBe('NOT_LEADER')
  const [refusal] = node.input({ kind: 'verifyLeader', request: 8 }).answers.has(8) ? ['answered'] : []
  expect([refusal, node.answers.get(8)]).toEqual(['answered', 'NOT_LEADER'])
})

test('a new leader confirms its predecessor: entries of the old one that it holds commit with its opening', () => {
  const node = new SteppedNode()
    .append('n2', 3, [0, 0], entries(1, 3, 3))
    .durable()
    .lead('n3')
  expect(node.acknowledge('n3', 3).state.commit).toBe(3)
  expect(node.asked('apply').at(-1)).toMatchObject({ index: 3 })
})
