import { expect, test } from 'vitest'
import { nextDeadline } from '../../src/step/step.ts'
import { configurationEntry, configurationOf, entries, member, server, SteppedNode } from '../support/stepped-node.ts'

const five = configurationOf('n1', 'n2', 'n3', 'n4', 'n5')

test('a silent follower asks all voters before it raises its term', () => {
  const configuration = configurationOf('n1', 'n2', 'n3', server('n4', 'nonVoter'), server('n5', 'staging'))
  const node = new SteppedNode({ configuration, log: [1, 2], hardState: { term: 3 } })
  expect(node.wait(99).role).toBe('follower')
  expect(node.wait(101).role).toBe('preCandidate')
  const asked = node.sent('voteRequest')
  expect(asked.map(({ to }) => to)).toEqual(['n2', 'n3'])
  expect(asked[0]).toMatchObject({ term: 4, lastLogIndex: 2, lastLogTerm: 2, preVote: true, transfer: false })
  expect([node.state.term, node.writes]).toEqual([3, []])
})

test('votes are asked for once the own vote is durable, which counts only then', () => {
  const node = new SteppedNode({ log: [1, 2], hardState: { term: 3 } }).campaign('n2')
  node.sent('voteResponse')
  expect(node.sent('voteRequest').every(({ preVote }) => preVote)).toBe(true)
  expect(node.writes).toMatchObject([{ hardState: { term: 4, votedFor: member('n1') } }])
  expect(node.vote('n2', true).role).toBe('candidate')
  expect(node.durable().role).toBe('leader')
  expect(node.sent('voteRequest').map(({ to, term, preVote }) => [to, term, preVote])).toEqual([
    ['n2', 4, false],
    ['n3', 4, false],
  ])
})

test('a leader is elected by a majority, not by half', () => {
  const configuration = configurationOf('n1', 'n2', 'n3', 'n4')
  const node = new SteppedNode({ configuration }).wait(200).vote('n2', true, true)
  expect(node.role).toBe('preCandidate')
  expect(node.vote('n3', true, true).durable().vote('n2', true).role).toBe('candidate')
  expect(node.vote('n4', true).role).toBe('leader')
})

test('a vote counts once, whoever repeats it', () => {
  const node = new SteppedNode({ configuration: five }).campaign('n2', 'n3').durable()
  node.vote('n2', true).vote('n2', true).vote('n2', true)
  expect(node.role).toBe('candidate')
})

test('a pre-vote that comes late is no vote', () => {
  const node = new SteppedNode({ configuration: five }).campaign('n2', 'n3').durable()
  const { term } = node.state
  for (const id of ['n2', 'n3', 'n4', 'n5']) {
    node.receive(id, { kind: 'voteResponse', term: term - 1, requestTerm: term, preVote: true, granted: true })
  }
  expect(node.role).toBe('candidate')
})

test('a vote or pre-vote of an earlier term counts for nothing', () => {
  const node = new SteppedNode({ hardState: { term: 6 } }).wait(200)
  const late = { kind: 'voteResponse', term: 5, granted: true } as const
  expect(node.receive('n2', { ...late, requestTerm: 6, preVote: true }).role).toBe('preCandidate')
  node.vote('n2', true, true).durable()
  expect(node.receive('n2', { ...late, requestTerm: 6, preVote: false }).role).toBe('candidate')
  expect(node.receive('n2', { ...late, requestTerm: 6, preVote: false, term: 6 }).role).toBe('candidate')
})

test('votes of non-voters, strangers and lost directories count for nothing', () => {
  const configuration = configurationOf('n1', 'n2', 'n3', server('n4', 'nonVoter'), server('n5', 'staging'))
  const strangers = [member('n4'), member('n5'), member('n6'), member('n2', 1), member('n3', 1)]
  const node = new SteppedNode({ configuration }).wait(200)
  for (const stranger of strangers) node.vote(stranger, true, true)
  expect(node.role).toBe('preCandidate')
  node.vote('n2', true, true).durable()
  for (const stranger of strangers) node.vote(stranger, true)
  expect(node.role).toBe('candidate')
})

test('refusals are no votes, and enough of them end a vote', () => {
  const node = new SteppedNode().campaign('n2').durable().vote('n2', false)
  expect(node.role).toBe('candidate')
  expect(node.vote('n3', false).role).toBe('follower')
})

test('both majorities elect while a configuration is joint', () => {
  const configuration = {
    servers: ['n1', 'n2', 'n3'].map((id) => server(id)),
    outgoing: ['n1', 'n4', 'n5'].map((id) => server(id)),
  }
  const node = new SteppedNode({ configuration }).wait(200)
  expect(node.sent('voteRequest').map(({ to }) => to)).toEqual(['n2', 'n3', 'n4', 'n5'])
  expect(node.vote('n2', true, true).vote('n3', true, true).role).toBe('preCandidate')
  node.vote('n4', true, true).durable().vote('n4', true).vote('n5', true)
  expect(node.role).toBe('candidate')
  expect(node.vote('n2', true).role).toBe('leader')
})

test('an answer with a later term ends a campaign in that term, durably', () => {
  const node = new SteppedNode().campaign('n2').durable()
  node.receive('n3', { kind: 'voteResponse', term: 9, requestTerm: 1, preVote: false, granted: false })
  expect([node.role, node.state.term, node.state.votedFor]).toEqual(['follower', 9, undefined])
  expect(node.writes).toMatchObject([{ hardState: { term: 9, votedFor: undefined } }])
})

test('the leader of the term ends a campaign; one of an old term does not', () => {
  const node = new SteppedNode({ hardState: { term: 4 } }).campaign('n2').durable()
  expect(node.heartbeat('n3', 4).role).toBe('candidate')
  expect(node.heartbeat('n3', 5).role).toBe('follower')
})

test('a lost pre-vote is tried again soon, then later and later, but in time', () => {
  const node = new SteppedNode({ timing: { heartbeatTimeoutMs: 1000, electionTimeoutMs: 1000 } }).wait(2000)
  const waits: number[] = []
  for (let lost = 0; lost < 12; lost++) {
    node.vote('n2', false, true).vote('n3', false, true)
    expect(node.role).toBe('follower')
    const wait = nextDeadline(node.state) - node.now
    waits.push(wait)
    expect(node.wait(wait).role).toBe('preCandidate')
  }
  expect(waits[0]).toBeLessThan(20)
  expect(waits[2]).toBeGreaterThanOrEqual(40)
  expect(waits.at(-1)).toBeGreaterThanOrEqual(1000)
  expect(waits.at(-1)).toBeLessThan(2000)
})

test('a lost vote is tried again within the jitter, an unanswered one after the election timeout', () => {
  const lost = new SteppedNode().campaign('n2').durable().vote('n2', false).vote('n3', false)
  expect(nextDeadline(lost.state) - lost.now).toBeLessThan(100)
  const open = new SteppedNode().campaign('n2').durable()
  const wait = nextDeadline(open.state) - open.now
  expect(wait).toBeGreaterThanOrEqual(200 - 1)
  expect(open.wait(wait).role).toBe('preCandidate')
  expect(open.state.term).toBe(1)
})

test('non-voters, and a node that once held more than it has, do not campaign', () => {
  const configuration = configurationOf(server('n1', 'nonVoter'), 'n2', 'n3')
  const standing = { log: [1], hardState: { term: 3, floor: { index: 2, term: 1 } } }
  for (const node of [new SteppedNode({ configuration }), new SteppedNode(standing)]) {
    node.wait(5000)
    expect([node.role, node.sent('voteRequest')]).toEqual(['follower', []])
  }
  const refilled = new SteppedNode(standing).append('n2', 3, [1, 1], entries(2, 3)).durable()
  expect(refilled.wait(300).role).toBe('preCandidate')
})

test('who loses its vote by a change that may not be committed campaigns for those that lack it, and leads until it is', () => {
  const [both, other] = [configurationOf('n1', 'n2'), configurationOf(server('n1', 'nonVoter'), 'n2')]
  const node = new SteppedNode({ configuration: both })
    .append('n2', 3, [0, 0], [configurationEntry(1, 3, other)])
    .durable()
  node.wait(200)
  expect([node.role, node.sent('voteRequest').map(({ to }) => to)]).toEqual(['preCandidate', ['n2']])
  node.vote('n2', true, true).durable()
  expect(node.role).toBe('candidate')
  node.vote('n2', true).durable()
  expect([node.role, node.state.commit]).toEqual(['leader', 0])
  node.acknowledge('n2', 2)
  expect([node.role, node.state.commit]).toEqual(['follower', 2])
  expect(node.wait(2000).role).toBe('follower')
})

test('a node alone in its configuration leads at once, once its vote is durable', () => {
  const node = new SteppedNode({ configuration: configurationOf('n1') }).wait(0)
  expect(node.role).toBe('candidate')
  expect(node.durable().role).toBe('leader')
})

const following = (timing = { heartbeatTimeoutMs: 1000, electionTimeoutMs: 1000 }): SteppedNode =>
  new SteppedNode({ timing }).heartbeat('n2', 3).durable()

test('a refused connection to the leader is answered with a pre-vote within the jitter, nothing else is', () => {
  const dead = following().input({ kind: 'peerDown', id: 'n2', reason: 'refused' })
  expect(dead.wait(20).role).toBe('preCandidate')
  for (const reason of ['closed', 'goodbye', 'unreachable', 'rejected'] as const) {
    expect(following().input({ kind: 'peerDown', id: 'n2', reason }).wait(900).role).toBe('follower')
  }
  expect(following().input({ kind: 'peerDown', id: 'n3', reason: 'refused' }).wait(900).role).toBe('follower')
})

test('a suspected leader that speaks again is believed', () => {
  const node = following().input({ kind: 'peerDown', id: 'n2', reason: 'refused' }).heartbeat('n2', 3)
  expect(node.wait(900).role).toBe('follower')
})

test('a dead voter is not waited for and grants nothing; once it is back it counts again', () => {
  const node = following().input({ kind: 'peerDown', id: 'n2', reason: 'refused' }).wait(20)
  expect(node.role).toBe('preCandidate')
  expect(node.vote('n3', false, true).role).toBe('follower')
  for (const wake of [
    () => node.input({ kind: 'peerUp', id: 'n2' }),
    () => node.receive('n2', { kind: 'application', channel: 'c', payload: new Uint8Array(0) }),
  ]) {
    node.input({ kind: 'peerDown', id: 'n2', reason: 'refused' })
    wake()
    node.wait(1000)
    expect(node.role).toBe('preCandidate')
    expect(node.vote('n3', false, true).role).toBe('preCandidate')
    node.vote('n2', false, true)
  }
})

test('a node that is not ready campaigns later, the later the further it lags, but never for ever', () => {
  const delay = (lag: number, isReady: boolean): number => {
    const node = following().input({ kind: 'readiness', readiness: { isReady, lag } })
    node.input({ kind: 'peerDown', id: 'n2', reason: 'refused' })
    return nextDeadline(node.state) - node.now
  }
  expect(delay(0, true)).toBeLessThan(20)
  expect(delay(1e6, true)).toBeLessThan(20)
  expect(delay(0, false)).toBeGreaterThanOrEqual(25)
  expect(delay(1000, false)).toBeGreaterThan(delay(10, false))
  expect(delay(Number.MAX_SAFE_INTEGER, false)).toBeLessThan(1020)
  const unready = new SteppedNode().input({ kind: 'readiness', readiness: { isReady: false, lag: 1e9 } })
  unready.heartbeat('n2', 3).durable()
  expect(nextDeadline(unready.state) - unready.now).toBeGreaterThanOrEqual(200)
})

test('while a process stood still it could not have heard its leader', () => {
  const node = following()
  node.now += 5000
  expect(node.input({ kind: 'time', stalledMs: 4000 }).role).toBe('follower')
  expect(nextDeadline(node.state) - node.now).toBeGreaterThan(0)
  expect(nextDeadline(node.state) - node.now).toBeLessThanOrEqual(2000)
  node.now += 3000
  expect(node.input({ kind: 'time', stalledMs: 0 }).role).toBe('preCandidate')
})

test('a leader that may still hold its lease is not replaced, though the heartbeat timeout is shorter', () => {
  const timing = { heartbeatTimeoutMs: 50, leaderLeaseTimeoutMs: 250, electionTimeoutMs: 500 }
  const follower = (): SteppedNode => new SteppedNode({ log: [3], timing }).heartbeat('n2', 3)
  expect(follower().wait(249).role).toBe('follower')
  expect(follower().wait(300).role).toBe('preCandidate')
  const ask = { kind: 'voteRequest', term: 4, lastLogIndex: 1, lastLogTerm: 3, preVote: true, transfer: false } as const
  const answered = (ms: number): boolean | undefined =>
    follower().wait(ms).receive('n3', ask).durable().sent('voteResponse').at(-1)?.granted
  expect([answered(200), answered(251)]).toEqual([false, true])
})

test('a leader whose process is gone is replaced at once, whatever its lease', () => {
  const timing = { heartbeatTimeoutMs: 50, leaderLeaseTimeoutMs: 250, electionTimeoutMs: 500 }
  const node = new SteppedNode({ log: [3], timing }).heartbeat('n2', 3)
  node.input({ kind: 'peerDown', id: 'n2', reason: 'refused' })
  expect(node.wait(20).role).toBe('preCandidate')
})
