import { expect, test } from 'vitest'
import { configurationEntry, configurationOf, entry, server, SteppedNode } from '../support/stepped-node.ts'

const five = configurationOf('n1', 'n2', 'n3', 'n4', 'n5')
const wanted = configurationOf('n1', 'n2', 'n3', server('n4', 'nonVoter'), server('n5', 'nonVoter'))

/** A leader of five whose opening is committed. */
const leader = (): SteppedNode =>
  new SteppedNode({ configuration: five }).lead('n2', 'n3').acknowledge('n2', 1).acknowledge('n3', 1)

const change = (node: SteppedNode, configuration = wanted, request = 7): SteppedNode =>
  node.input({ kind: 'changeConfiguration', request, configuration, expectedIndex: undefined })

const latest = (node: SteppedNode): { index: number; voters: string; outgoing: number } => {
  const { index, configuration } = node.state.configurations.at(-1)!
  const voters = configuration.servers.filter(({ suffrage }) => suffrage === 'voter').map(({ id }) => id)
  return { index, voters: voters.join(), outgoing: configuration.outgoing.length }
}

test('a change of several voters is committed by both majorities, and so is its end', () => {
  const node = change(leader()).durable()
  expect(latest(node)).toEqual({ index: 2, voters: 'n1,n2,n3', outgoing: 5 })
  expect([node.answers.has(7), node.asked('begun')]).toEqual([
    false,
    [expect.objectContaining({ request: 7, index: 2 })],
  ])
  node.acknowledge('n4', 2).acknowledge('n5', 2)
  expect(node.state.commit).toBe(1)
  node.acknowledge('n2', 2)
  expect([node.state.commit, latest(node)]).toEqual([2, { index: 3, voters: 'n1,n2,n3', outgoing: 0 }])
  expect(node.asked('proposed').at(-1)).toMatchObject({ request: 7, index: 3 })
  node.durable().acknowledge('n4', 3).acknowledge('n5', 3)
  expect(node.state.commit).toBe(2)
  expect(node.acknowledge('n3', 3).state.commit).toBe(3)
})

test('nothing else changes the members in the joint phase, and it does not end during a transfer', () => {
  const node = change(leader()).durable()
  expect(change(node, five, 8).answers.get(8)).toBe('CONFIGURATION_IN_PROGRESS')
  node.input({ kind: 'transfer', request: 9, target: 'n2' }).acknowledge('n3', 2).acknowledge('n4', 2)
  expect([node.state.commit, latest(node).outgoing]).toEqual([2, 5])
  node.input({ kind: 'peerDown', id: 'n2', reason: 'goodbye' })
  expect([node.answers.get(9), latest(node).outgoing]).toEqual(['TRANSFER_FAILED', 0])
})

test('a leader that loses its office in the joint phase cannot know how it ends', () => {
  const node = change(leader()).acknowledge('n2', 0, { term: 9 })
  expect([node.role, node.answers.get(7)]).toEqual(['follower', 'UNKNOWN_OUTCOME'])
})

test('whoever leads next ends the joint phase, once its opening is committed', () => {
  const joint = { servers: wanted.servers, outgoing: five.servers }
  const node = new SteppedNode({ configuration: five })
  node.append('n2', 3, [0, 0], [entry(1, 3), configurationEntry(2, 3, joint)]).durable()
  node.lead('n3', 'n4')
  expect(latest(node)).toEqual({ index: 2, voters: 'n1,n2,n3', outgoing: 5 })
  node.acknowledge('n3', 3).acknowledge('n4', 3)
  expect([node.state.commit, latest(node)]).toEqual([3, { index: 4, voters: 'n1,n2,n3', outgoing: 0 }])
})

test('an election in the joint phase needs both majorities', () => {
  const joint = { servers: wanted.servers, outgoing: five.servers }
  const node = new SteppedNode({ configuration: five })
  node.append('n2', 3, [0, 0], [entry(1, 3), configurationEntry(2, 3, joint)]).durable()
  node.wait(200).vote('n4', true, true).vote('n5', true, true)
  expect(node.role).toBe('preCandidate')
  expect(node.vote('n3', true, true).role).toBe('candidate')
})
