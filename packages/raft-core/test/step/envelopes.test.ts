import { expect, test } from 'vitest'
import { SteppedNode } from '../support/stepped-node.ts'

const heartbeat = { kind: 'heartbeat', term: 9, round: 1, commit: 0, sentIndex: 0 } as const

test.each([
  ['version', { version: 99 }],
  ['cluster', { clusterId: 'c2' }],
  ['epoch', { epoch: 1 }],
])('a message of another %s is refused by name and changes nothing', (reason, envelope) => {
  const node = new SteppedNode().receive('n2', heartbeat, envelope)
  expect(node.events).toMatchObject([{ kind: 'messageRefused', from: { id: 'n2' }, reason }])
  expect([node.state.term, node.state.role, node.writes]).toMatchObject([0, { leader: undefined }, []])
})

test('a message of a lower epoch is refused as well', () => {
  const node = new SteppedNode({ hardState: { epoch: 2 } }).receive('n2', heartbeat, { epoch: 1 })
  expect(node.events).toMatchObject([{ kind: 'messageRefused', reason: 'epoch' }])
})
