import { expect, test } from 'vitest'
import { ManualClock } from './support/manual-clock.ts'
import { freePort, type RawServer, rawServer } from './support/raw-peer.ts'
import { selfOf, TestNode } from './support/node.ts'

const at = (server: Pick<RawServer, 'address'>): { self: ReturnType<typeof selfOf>; address: string } => ({
  self: selfOf('b'),
  address: server.address,
})

test('a peer that nobody listens for is refused, again and again', async () => {
  const a = await TestNode.open('a')
  a.dial(at({ address: `127.0.0.1:${await freePort()}` }))
  await a.down('b', 'refused', 3)
  expect(new Set(a.reasons('b'))).toEqual(new Set(['refused']))
})

test.each([
  ['closes', (socket: { destroy(): void }) => socket.destroy()],
  ['resets', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy()],
])('a process that %s the connection before it answers is dead: refused', async (_name, end) => {
  const server = await rawServer((peer) => end(peer.socket))
  const a = await TestNode.open('a')
  a.dial(at(server))
  await a.down('b', 'refused')
  expect(a.reasons('b')[0]).toBe('refused')
})

test('a peer that takes the connection and says nothing is unreachable, not dead', async () => {
  const clock = new ManualClock()
  const server = await rawServer()
  const a = await TestNode.open('a', {}, { clock })
  a.dial(at(server))
  await (await server.peer()).frame('hello')
  clock.advance(4999)
  expect(a.reasons('b')).toEqual([])
  clock.advance(1)
  await a.down('b', 'unreachable')
})

test('a name that does not resolve is unreachable', async () => {
  const a = await TestNode.open('a')
  a.dial(at({ address: 'no-such-host.invalid:1' }))
  await a.down('b', 'unreachable')
})

test('another service at the address is no dead peer', async () => {
  const server = await rawServer((peer) => peer.socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const a = await TestNode.open('a')
  a.dial(at(server))
  await a.down('b', 'rejected')
  expect(a.reasons('b')[0]).toBe('rejected')
})

test('a connection that was up and ends is closed, and dialed again at once', async () => {
  const clock = new ManualClock()
  const server = await rawServer((peer) => peer.greet(selfOf('b')))
  const a = await TestNode.open('a', {}, { clock })
  a.dial(at(server))
  await a.up('b')
  ;(await server.peer()).socket.destroy()
  await a.down('b', 'closed')
  await a.up('b', 2)
  expect(a.reasons('b')).toEqual(['closed'])
})

test('a peer that closes each connection as soon as it is up is not dialed in a tight loop', async () => {
  const clock = new ManualClock()
  const server = await rawServer((peer) => peer.greet(selfOf('b')).socket.end())
  const a = await TestNode.open('a', {}, { clock })
  a.dial(at(server))
  await a.down('b', 'closed', 2)
  const first = clock.waits.length
  clock.advance(10)
  await a.down('b', 'closed', 3)
  expect(clock.waits.slice(first - 1)).toContain(10)
  expect(clock.waits.at(-1)).toBe(20)
})

test('waits double up to their limit, are spread by half, and begin anew once the peer was there', async () => {
  const clock = new ManualClock()
  const port = await freePort()
  const a = await TestNode.open('a', {}, { clock, random: () => 0, limits: { redialMaxMs: 50 } })
  a.dial(at({ address: `127.0.0.1:${port}` }))
  const redials = (): number[] => clock.waits.filter((wait) => wait <= 100)
  for (let i = 1; i <= 5; i++) {
    await a.down('b', 'refused', i)
    clock.advance(100)
  }
  expect(redials()).toEqual([5, 10, 20, 25, 25])
  const b = new TestNode(selfOf('b'), { bindAddress: `127.0.0.1:${port}` })
  await a.down('b', 'refused', 6)
  await b.start()
  clock.advance(100)
  await a.up('b')
  clock.advance(1000)
  await b.close()
  await a.down('b', 'goodbye')
  expect(redials().at(-1)).toBe(5)
})

test('a peer that closes on purpose says goodbye, and is found again when it is back', async () => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  a.dial(b)
  b.dial(a)
  await a.up('b')
  const { address } = b
  await b.close()
  await a.down('b', 'refused')
  expect(a.reasons('b').slice(0, 2)).toEqual(['goodbye', 'refused'])
  const again = new TestNode(selfOf('b', { bootCounter: 2, bootNonce: 'bb'.repeat(8) }), { bindAddress: address })
  await again.start()
  await a.up('b', 2)
})

test('a connection on which nothing is heard is given up after three pings', async () => {
  const clock = new ManualClock()
  const server = await rawServer()
  const a = await TestNode.open('a', {}, { clock })
  a.dial(at(server))
  const peer = (await server.peer()).greet(selfOf('b'))
  await a.up('b')
  await peer.frame('ping')
  clock.advance(1000) // the hello was heard in the first interval
  clock.advance(1000)
  clock.advance(1000)
  expect(a.reasons('b')).toEqual([])
  clock.advance(1000)
  await a.down('b', 'closed')
})

test('a stall of the own process is not taken for silence of the peer', async () => {
  const clock = new ManualClock()
  const server = await rawServer()
  const a = await TestNode.open('a', {}, { clock })
  a.dial(at(server))
  const peer = (await server.peer()).greet(selfOf('b'))
  await a.up('b')
  for (let i = 0; i < 2; i++) clock.advance(3_600_000)
  peer.send('pong')
  a.send('b', { kind: 'timeoutNow', term: 1, lastLogIndex: 1 })
  await peer.frame('envelope')
  expect(a.reasons('b')).toEqual([])
})

test('when the connection that a peer made ends, the one to it has one interval to show that it lives', async () => {
  const clock = new ManualClock()
  const server = await rawServer()
  const a = await TestNode.open('a', {}, { clock })
  const b = await TestNode.open('b')
  a.dial(at(server))
  const outbound = (await server.peer()).greet(b.self)
  await a.up('b')
  await outbound.frame('ping')
  b.dial(a)
  await b.up('a')
  const before = outbound.frames.length
  b.transport.setPeers([])
  while (outbound.frames.length === before) await new Promise(setImmediate)
  expect(outbound.frames[before]!.type).toBe('ping')
  clock.advance(1000)
  await a.down('b', 'closed')
})

test('both ends of a live pair answer pings, so nothing is given up', async () => {
  const trips: string[] = []
  const metrics = { roundTrip: (id: string) => void trips.push(id) }
  const [a, b] = [
    await TestNode.open('a', {}, { limits: { pingMs: 5 }, metrics }),
    await TestNode.open('b', {}, { limits: { pingMs: 5 } }),
  ]
  a.dial(b)
  await a.up('b')
  while (trips.length < 20) await new Promise(setImmediate)
  expect([...a.reasons('b'), ...b.reasons('a')]).toEqual([])
})
