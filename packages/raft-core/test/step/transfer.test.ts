import { expect, test } from 'vitest'
import { configurationOf, member, server, SteppedNode } from '../support/stepped-node.ts'

const configuration = configurationOf('n1', 'n2', 'n3', server('n4', 'nonVoter'))

const leader = (): SteppedNode => new SteppedNode({ configuration }).lead('n2').acknowledge('n2', 1)

const transfer = (node: SteppedNode, target?: string, request = 7): SteppedNode =>
  node.input({ kind: 'transfer', request, target })

const propose = (node: SteppedNode, request = 8): SteppedNode =>
  node.input({
    kind: 'propose',
    proposals: [{ request, type: 'command', payload: new Uint8Array(1), term: undefined }],
  })

test('the target is told to campaign once it has the whole log, and nothing is taken meanwhile', () => {
  const node = propose(leader(), 6).durable()
  transfer(node, 'n2')
  expect(node.sent('timeoutNow')).toEqual([])
  expect(propose(node).answers.get(8)).toBe('TRANSFER_IN_PROGRESS')
  node.acknowledge('n2', 2)
  expect(node.sent('timeoutNow')).toMatchObject([{ to: 'n2', term: node.state.term, lastLogIndex: 2 }])
  expect(node.answers.has(7)).toBe(false)
  node.wait(16)
  expect(node.sent('timeoutNow')).toHaveLength(1)
})

test('without a target the voter that is furthest and alive is chosen', () => {
  const node = propose(leader().acknowledge('n3', 1).acknowledge('n4', 1))
    .durable()
    .acknowledge('n3', 2)
    .acknowledge('n4', 2)
  expect(transfer(node).sent('timeoutNow')).toMatchObject([{ to: 'n3' }])
})

test('a transfer to itself is done, to a non-voter or stranger it fails, a second one is refused', () => {
  const node = leader()
  expect(transfer(node, 'n1').answers.get(7)).toBeUndefined()
  expect(transfer(node, 'n4', 1).answers.get(1)).toBe('TRANSFER_FAILED')
  expect(transfer(node, 'n9', 2).answers.get(2)).toBe('TRANSFER_FAILED')
  expect(transfer(transfer(node, 'n2', 3), 'n3', 4).answers.get(4)).toBe('TRANSFER_IN_PROGRESS')
  expect(transfer(new SteppedNode(), 'n2', 5).answers.get(5)).toBe('NOT_LEADER')
})

test('a transfer that takes too long ends, and the leader goes on', () => {
  const node = transfer(leader(), 'n3')
  for (let beats = 0; beats < 14; beats++) {
    node.wait(16)
    const { role } = node.state
    if (role.kind === 'leader') node.beat('n2', role.round)
  }
  expect([node.role, node.answers.get(7)]).toEqual(['leader', 'TRANSFER_FAILED'])
  propose(node)
  expect(node.asked('proposed').at(-1)).toMatchObject({ request: 8 })
})

test('a transfer to a member that ends or is gone fails at once, and the leader goes on; another lost connection is no reason', () => {
  for (const reason of ['refused', 'goodbye'] as const) {
    const node = transfer(leader(), 'n3').input({ kind: 'peerDown', id: 'n3', reason })
    expect([node.role, node.answers.get(7)]).toEqual(['leader', 'TRANSFER_FAILED'])
  }
  const waiting = transfer(leader(), 'n3')
    .input({ kind: 'peerDown', id: 'n2', reason: 'goodbye' })
    .input({ kind: 'peerDown', id: 'n3', reason: 'closed' })
  expect(waiting.answers.has(7)).toBe(false)
  const gone = leader().input({ kind: 'peerDown', id: 'n3', reason: 'refused' })
  expect(transfer(gone, 'n3').answers.get(7)).toBe('TRANSFER_FAILED')
})

test('a transfer is done when a later term ends the leadership, and has failed when the lease does', () => {
  const done = transfer(leader(), 'n2').acknowledge('n2', 0, { term: 9 })
  expect([done.answers.has(7), done.answers.get(7)]).toEqual([true, undefined])
  const failed = transfer(new SteppedNode({ timing: { electionTimeoutMs: 2000 } }).lead('n2'), 'n3').wait(120)
  expect([failed.role, failed.answers.get(7)]).toEqual(['follower', 'TRANSFER_FAILED'])
})

const follower = (): SteppedNode => new SteppedNode({ log: [3, 3] }).heartbeat('n2', 3)

test('who is told to take over campaigns at once, in a term above, and says so', () => {
  const node = follower().receive('n2', { kind: 'timeoutNow', term: 3, lastLogIndex: 2 })
  expect([node.role, node.state.term]).toEqual(['candidate', 4])
  expect(node.durable().sent('voteRequest')).toMatchObject([
    { term: 4, preVote: false, transfer: true },
    { term: 4, preVote: false, transfer: true },
  ])
})

test('an order of an old term, of another than the leader, or about another log is void', () => {
  const order = { kind: 'timeoutNow', term: 3, lastLogIndex: 2 } as const
  expect(follower().receive('n2', { ...order, term: 2 }).role).toBe('follower')
  expect(follower().receive('n2', { ...order, lastLogIndex: 1 }).role).toBe('follower')
  expect(follower().receive('n2', { ...order, lastLogIndex: 3 }).role).toBe('follower')
  expect(follower().receive('n3', order).role).toBe('follower')
  const nonVoter = new SteppedNode({ configuration: configurationOf(server('n1', 'nonVoter'), 'n2'), log: [3, 3] })
  expect(nonVoter.heartbeat(member('n2'), 3).receive('n2', order).role).toBe('follower')
})
