import type { Heartbeat } from 'raft-core'
import { encodeHello, helloOf } from 'raft-transport-tcp'
import { expect, test } from 'vitest'
import { freePort, RawPeer, rawServer } from './support/raw-peer.ts'
import { ManualClock } from './support/manual-clock.ts'
import { selfOf, TestNode } from './support/node.ts'

const heartbeat: Heartbeat = { kind: 'heartbeat', term: 1, round: 2, commit: 3, sentIndex: 4 }

test.each([
  ['another cluster', 'CLUSTER', selfOf('b', { clusterId: 'dd'.repeat(32) }), 'a'],
  ['a lower epoch', 'EPOCH', selfOf('b', { epoch: 0 }), 'a'],
  ['another id than the address has', 'WRONG_NODE', selfOf('b', { epoch: 1 }), 'c'],
  ['the id of the node itself', 'DOUBLED', selfOf('a', { epoch: 1 }), 'a'],
])('%s is refused by name', async (_name, code, self, wanted) => {
  const a = await TestNode.open('a', { epoch: 1 })
  const b = new TestNode(self)
  await b.start()
  b.dial({ self: selfOf(wanted), address: a.address })
  await b.down(wanted, 'rejected')
  const raw = RawPeer.dial(a.transport.port).greet(self, wanted)
  expect(await raw.rejection()).toMatchObject({ code })
  await raw.closed
})

test('a version that this node does not speak is refused by name', async () => {
  const a = await TestNode.open('a')
  const hello = { ...helloOf(selfOf('b'), 'a'), lowestVersion: 2, highestVersion: 3 }
  const raw = RawPeer.dial(a.transport.port).greet(selfOf('b'), 'a')
  await raw.frame('hello')
  raw.send('hello', encodeHello(hello))
  expect(await raw.rejection()).toMatchObject({ code: 'VERSION' })
})

test.each([
  ['another cluster', selfOf('b', { clusterId: 'dd'.repeat(32) })],
  ['a lower epoch', selfOf('b', { epoch: 0 })],
  ['another id', selfOf('c', { epoch: 1 })],
])('an answer from %s is refused by the node that dialed', async (_name, answer) => {
  const server = await rawServer()
  const a = await TestNode.open('a', { epoch: 1 })
  a.dial({ self: selfOf('b'), address: server.address })
  const raw = (await server.peer()).greet(answer)
  await a.down('b', 'rejected')
  await raw.rejection()
  expect(a.happened.some(({ kind }) => kind === 'up')).toBe(false)
})

test('a node without a cluster is let in, and lets others in', async () => {
  const [member, applicant] = [await TestNode.open('a'), await TestNode.open('b', { clusterId: '', epoch: 0 })]
  member.dial(applicant)
  applicant.dial(member)
  await Promise.all([member.up('b'), applicant.up('a')])
})

test('a second holder of a connected id is refused, a later start of the same directory is not', async () => {
  const a = await TestNode.open('a')
  const b = await TestNode.open('b', { bootCounter: 2 })
  b.dial(a)
  await b.up('a')
  for (const more of [
    { bootCounter: 2, bootNonce: 'ee'.repeat(8) }, // a copy of the directory
    { bootCounter: 1 }, // an older copy
    { bootCounter: 9, member: { id: 'b', incarnation: 'ee'.repeat(16) } }, // another directory
  ]) {
    const raw = RawPeer.dial(a.transport.port).greet(selfOf('b', more), 'a')
    expect(await raw.rejection()).toMatchObject({ code: 'DOUBLED' })
  }
  const later = await TestNode.open('b', { bootCounter: 3, bootNonce: 'ff'.repeat(8) })
  later.dial(a)
  await later.up('a')
})

test('a second holder is also seen when the first one was dialed', async () => {
  const server = await rawServer()
  const a = await TestNode.open('a')
  a.dial({ self: selfOf('b'), address: server.address })
  ;(await server.peer()).greet(selfOf('b'))
  await a.up('b')
  const raw = RawPeer.dial(a.transport.port).greet(selfOf('b', { bootNonce: 'ee'.repeat(8) }), 'a')
  expect(await raw.rejection()).toMatchObject({ code: 'DOUBLED' })
})

test('a holder that is gone without a word gives way within a ping, however often another one claims its id', async () => {
  const clock = new ManualClock()
  const a = await TestNode.open('a', {}, { clock })
  const dead = RawPeer.dial(a.transport.port).greet(selfOf('b'), 'a')
  await dead.frame('hello')
  const wiped = selfOf('b', { member: { id: 'b', incarnation: 'ee'.repeat(16) } })
  for (const waitMs of [600, 400]) {
    const raw = RawPeer.dial(a.transport.port).greet(wiped, 'a')
    expect(await raw.rejection()).toMatchObject({ code: 'DOUBLED' })
    clock.advance(waitMs)
  }
  await dead.closed
  await RawPeer.dial(a.transport.port).greet(wiped, 'a').frame('hello')
})

test('a later start makes the connection to the earlier one end at once', async () => {
  const server = await rawServer()
  const a = await TestNode.open('a', {}, { clock: new ManualClock() })
  a.dial({ self: selfOf('b'), address: server.address })
  ;(await server.peer()).greet(selfOf('b'))
  await a.up('b')
  const later = selfOf('b', { bootCounter: 2, bootNonce: 'ee'.repeat(8) })
  RawPeer.dial(a.transport.port).greet(later, 'a')
  await a.down('b', 'closed')
  ;(await server.peer(2)).greet(later)
  await a.up('b', 2)
})

test('nobody speaks for another, or for another directory', async () => {
  const a = await TestNode.open('a')
  const [b, c] = [await TestNode.open('b'), await TestNode.open('c')]
  for (const from of [c.self.member, { ...b.self.member, incarnation: 'ee'.repeat(16) }]) {
    const raw = RawPeer.dial(a.transport.port).greet(b.self, 'a')
    raw.sendEnvelope({ ...b.envelope(heartbeat), from })
    expect(await raw.rejection()).toMatchObject({ code: 'MESSAGE_INVALID' })
  }
  expect(a.messages()).toEqual([])
})

test('a node that is refused waits two seconds at least, and is let in once the reason is gone', async () => {
  const clock = new ManualClock()
  const port = await freePort()
  const options = { bindAddress: `127.0.0.1:${port}` }
  const foreign = new TestNode(selfOf('b', { clusterId: 'dd'.repeat(32) }), options)
  await foreign.start()
  const a = await TestNode.open('a', {}, { clock })
  a.dial(foreign)
  await a.down('b', 'rejected')
  expect(clock.waits.at(-1)).toBe(2000)
  await foreign.close()
  await new TestNode(selfOf('b'), options).start()
  clock.advance(2000)
  await a.up('b')
})
