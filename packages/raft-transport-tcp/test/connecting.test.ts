import type { Heartbeat, TimeoutNow } from 'raft-core'
import { expect, test } from 'vitest'
import { freePort, RawPeer, rawServer } from './support/raw-peer.ts'
import { defaults, selfOf, TestNode } from './support/node.ts'
import { tcpTransport } from 'raft-transport-tcp'

const heartbeat: Heartbeat = { kind: 'heartbeat', term: 1, round: 2, commit: 3, sentIndex: 4 }
const timeoutNow: TimeoutNow = { kind: 'timeoutNow', term: 1, lastLogIndex: 9 }

test('two nodes connect, and messages go both ways', async () => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  a.dial(b)
  b.dial(a)
  expect(await a.up('b')).toMatchObject({ peer: b.self.member })
  await b.up('a')
  a.send('b', heartbeat)
  b.send('a', timeoutNow)
  expect(await b.message('heartbeat')).toMatchObject({ envelope: { from: a.self.member, message: heartbeat } })
  await a.message('timeoutNow')
})

test('each of three nodes sends on the connection that it dialed', async () => {
  const nodes = await Promise.all(['a', 'b', 'c'].map((id) => TestNode.open(id)))
  for (const node of nodes) node.dial(...nodes.filter((other) => other !== node))
  for (const node of nodes) for (const other of nodes) if (other !== node) await node.up(other.self.member.id)
  for (const node of nodes) for (const other of nodes) if (other !== node) node.send(other.self.member.id, heartbeat)
  for (const node of nodes) await node.message('heartbeat', 2)
})

test('a node that is not among the peers is answered on the connection that it made', async () => {
  const [member, stranger] = [await TestNode.open('a'), await TestNode.open('x', { clusterId: '' })]
  stranger.dial(member)
  await stranger.up('a')
  stranger.send('a', heartbeat)
  await member.message('heartbeat')
  member.send('x', timeoutNow)
  await stranger.message('timeoutNow')
  expect(member.happened.some(({ kind }) => kind === 'up')).toBe(false)
})

test('nothing is reported from inside a call to the transport', async () => {
  const b = await TestNode.open('b')
  const a = new TestNode(selfOf('a'))
  await a.start()
  a.transport.setPeers([
    { id: 'b', address: b.address },
    { id: 'c', address: 'no address' },
    { id: 'd', address: `127.0.0.1:${await freePort()}` },
  ])
  expect(a.happened).toEqual([])
  await Promise.all([a.up('b'), a.down('c', 'unreachable'), a.down('d', 'refused')])
  const before = a.happened.length
  a.send('b', heartbeat)
  a.send('nobody', heartbeat)
  a.transport.identify(a.self)
  a.transport.setPeers([])
  expect(a.happened).toHaveLength(before)
})

test('a peer that is no longer named hears goodbye and is not reported any more', async () => {
  const server = await rawServer()
  const a = await TestNode.open('a')
  a.dial({ self: selfOf('b'), address: server.address })
  const peer = (await server.peer()).greet(selfOf('b'))
  await a.up('b')
  a.transport.setPeers([])
  await peer.frame('goodbye')
  peer.socket.end()
  await peer.closed
  expect(a.reasons('b')).toEqual([])
})

test('a peer that moved is dialed at its new address', async () => {
  const [old, next] = [await rawServer(), await rawServer()]
  const a = await TestNode.open('a')
  a.dial({ self: selfOf('b'), address: old.address })
  ;(await old.peer()).greet(selfOf('b'))
  await a.up('b')
  a.dial({ self: selfOf('b'), address: next.address })
  ;(await next.peer()).greet(selfOf('b'))
  await a.up('b', 2)
})

test('a peer that dials is dialed back at once, whatever the wait', async () => {
  const port = await freePort()
  const [a, other] = [
    await TestNode.open('a', {}, { limits: { redialMinMs: 3_600_000, redialMaxMs: 3_600_000 } }),
    new TestNode(selfOf('b'), { bindAddress: `127.0.0.1:${port}` }),
  ]
  a.dial({ self: selfOf('b'), address: `127.0.0.1:${port}` })
  await a.down('b', 'refused')
  await other.start()
  other.dial(a)
  await a.up('b')
})

test('what a node says of itself changes without a new connection', async () => {
  const [a, b] = [await TestNode.open('a', { clusterId: '' }), await TestNode.open('b', { clusterId: '' })]
  a.dial(b)
  b.dial(a)
  await Promise.all([a.up('b'), b.up('a')])
  for (const node of [a, b]) node.transport.identify(selfOf(node.self.member.id))
  a.send('b', heartbeat)
  await b.message('heartbeat')
  expect([...a.reasons('b'), ...b.reasons('a')]).toEqual([])
  const foreign = await TestNode.open('c', { clusterId: 'dd'.repeat(32) })
  foreign.dial(a)
  await foreign.down('a', 'rejected')
})

test('a change is also told to a peer whose answer is still awaited', async () => {
  const server = await rawServer()
  const a = await TestNode.open('a', { clusterId: '' })
  a.dial({ self: selfOf('b'), address: server.address })
  const peer = await server.peer()
  await peer.frame('hello')
  a.transport.identify(selfOf('a'))
  peer.greet(selfOf('b'))
  await a.up('b')
  a.send('b', heartbeat)
  await peer.frame('envelope')
  const hellos = peer.frames.filter(({ type }) => type === 'hello')
  expect(hellos.at(-1)!.body.length).toBe(hellos[0]!.body.length + 34)
})

test('a port in use is refused with a code', async () => {
  const a = await TestNode.open('a')
  const second = new TestNode(selfOf('b'), { bindAddress: a.address })
  await expect(second.start()).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
})

test('IPv6 addresses are listened on and dialed', async () => {
  const [a, b] = [await TestNode.open('a', {}, { bindAddress: '[::1]:0' }), await TestNode.open('b')]
  expect(a.address).toMatch(/^\[::1\]:\d+$/)
  b.dial(a)
  await b.up('a')
})

test('a transport starts once, and closes however far it came', async () => {
  const a = await TestNode.open('a')
  await expect(a.start()).rejects.toMatchObject({ code: 'CLOSED' })
  const closed = (node: { close(done: () => void): void }): Promise<void> =>
    new Promise((resolve) => node.close(resolve))
  const never = tcpTransport(defaults)
  await closed(never)
  const opening = tcpTransport(defaults)
  const handler = { message: () => {}, peerUp: () => {}, peerDown: () => {} }
  const started = new Promise<Error | undefined>((resolve) => opening.start(selfOf('b'), handler, resolve))
  await Promise.all([closed(opening), closed(opening)])
  expect(await started).toMatchObject({ code: 'CLOSED' })
  expect(opening.address()).toBeUndefined()
})

test('a signal closes the transport, goodbye included', async () => {
  const controller = new AbortController()
  const [a, b] = [await TestNode.open('a', {}, { signal: controller.signal }), await TestNode.open('b')]
  b.dial(a)
  await b.up('a')
  controller.abort()
  await b.down('a', 'goodbye')
})

test('an error that the node throws is its own and is not taken for a bad message', async () => {
  const thrown = new Promise<Error>((resolve) => {
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (error) => {
      for (const listener of listeners) process.on('uncaughtException', listener)
      resolve(error)
    })
  })
  const transport = tcpTransport(defaults)
  const fail = (): never => {
    throw new Error('an invariant broke')
  }
  const handler = { message: fail, peerUp: () => {}, peerDown: () => {} }
  await new Promise<void>((resolve) => transport.start(selfOf('a'), handler, () => resolve()))
  const b = await TestNode.open('b')
  RawPeer.dial(transport.port).greet(b.self).sendEnvelope(b.envelope(heartbeat))
  expect((await thrown).message).toBe('an invariant broke')
  await new Promise<void>((resolve) => transport.close(() => resolve()))
})
