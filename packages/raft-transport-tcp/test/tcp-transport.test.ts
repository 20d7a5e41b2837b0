import { connect, createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { encodeEntry, type Heartbeat } from 'raft-core'
import { encodeFrame, tcpTransport } from 'raft-transport-tcp'
import { expect, test } from 'vitest'
import { clock, selfOf, TestNode } from './support/node.ts'

const heartbeat: Heartbeat = { kind: 'heartbeat', term: 1, round: 2, commit: 3, sentIndex: 4 }

/** A port that nobody listens on any more. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function serve(onConnection: (server: Server) => void): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  onConnection(server)
  await once(server, 'listening')
  return { server, port: (server.address() as { port: number }).port }
}

test('two nodes connect, and messages go both ways', async () => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  a.dial(b)
  b.dial(a)
  expect(await a.up('b')).toMatchObject({ peer: b.self.member })
  await b.up('a')
  a.send('b', heartbeat)
  b.send('a', { kind: 'timeoutNow', term: 1, lastLogIndex: 9 })
  expect(await b.message('heartbeat')).toMatchObject({ envelope: { from: a.self.member, message: heartbeat } })
  await a.message('timeoutNow')
})

test('a node that is not among the peers is answered on the connection that it made', async () => {
  const [member, stranger] = [await TestNode.open('a'), await TestNode.open('x', { clusterId: '' })]
  stranger.dial(member)
  await stranger.up('a')
  stranger.send('a', heartbeat)
  await member.message('heartbeat')
  member.send('x', { kind: 'timeoutNow', term: 1, lastLogIndex: 0 })
  await stranger.message('timeoutNow')
})

test('a peer that nobody listens for is refused', async () => {
  const a = await TestNode.open('a')
  a.dial({ self: selfOf('b'), address: `127.0.0.1:${await freePort()}` })
  await a.down('b', 'refused')
})

test('a process that takes the connection and dies before it answers counts as refused', async () => {
  const a = await TestNode.open('a')
  const { server, port } = await serve((listener) => listener.on('connection', (socket) => socket.destroy()))
  a.dial({ self: selfOf('b'), address: `127.0.0.1:${port}` })
  await a.down('b', 'refused')
  server.close()
})

test('a peer that answers nothing is unreachable, not dead', async () => {
  const a = await TestNode.open('a', {}, { helloTimeoutMs: 50 })
  const { server, port } = await serve((listener) => listener.on('connection', () => {}))
  a.dial({ self: selfOf('b'), address: `127.0.0.1:${port}` })
  await a.down('b', 'unreachable')
  await a.close()
  server.close()
})

test('a name that does not resolve is unreachable', async () => {
  const a = await TestNode.open('a')
  a.dial({ self: selfOf('b'), address: 'no-such-host.invalid:1' })
  await a.down('b', 'unreachable')
})

test('a peer that closes on purpose says goodbye first, and is found again when it is back', async () => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  a.dial(b)
  await a.up('b')
  const { port } = b.transport
  await b.close()
  await a.down('b', 'goodbye')
  await a.down('b', 'refused')
  a.happened.length = 0
  const again = new TestNode(
    selfOf('b', { bootCounter: 2, bootNonce: 'bb'.repeat(8) }),
    tcpTransport({ bindAddress: `127.0.0.1:${port}`, clock, random: Math.random }),
  )
  await again.start()
  await a.up('b')
})

test.each([
  ['another cluster', selfOf('b', { clusterId: 'dd'.repeat(32) }), 'a'],
  ['a lower epoch', selfOf('b', { epoch: 0 }), 'a'],
  ['another id than the address has', selfOf('b'), 'c'],
  ['the id of the node itself', selfOf('a'), 'a'],
])('%s is refused by name', async (_name, self, wanted) => {
  const a = await TestNode.open('a', { epoch: self.epoch === 0 && self.clusterId === selfOf('b').clusterId ? 1 : 0 })
  const b = new TestNode(self, tcpTransport({ bindAddress: '127.0.0.1:0', clock, random: Math.random }))
  await b.start()
  b.dial({ self: selfOf(wanted), address: a.address })
  await b.down(wanted, 'rejected')
})

test('a second holder of a connected id is refused, a later start of the same directory is not', async () => {
  const a = await TestNode.open('a')
  const b = await TestNode.open('b', { bootCounter: 2 })
  b.dial(a)
  await b.up('a')
  const copy = await TestNode.open('b', { bootCounter: 2, bootNonce: 'ee'.repeat(8) })
  copy.dial(a)
  await copy.down('a', 'rejected')
  const later = await TestNode.open('b', { bootCounter: 3, bootNonce: 'ff'.repeat(8) })
  later.dial(a)
  await later.up('a')
})

test('what a node says of itself changes without a new connection', async () => {
  const [a, b] = [await TestNode.open('a', { clusterId: '' }), await TestNode.open('b', { clusterId: '' })]
  a.dial(b)
  b.dial(a)
  await Promise.all([a.up('b'), b.up('a')])
  for (const node of [a, b]) node.transport.identify(selfOf(node.self.member.id))
  a.send('b', heartbeat)
  await b.message('heartbeat')
  expect(a.happened.some(({ kind }) => kind === 'down')).toBe(false)
  const foreign = await TestNode.open('c', { clusterId: 'dd'.repeat(32) })
  foreign.dial(a)
  await foreign.down('a', 'rejected')
})

test('small messages do not wait behind large ones', async () => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  a.dial(b)
  await a.up('b')
  const entries = [encodeEntry(1, 1, 'command', new Uint8Array(4 * 1024 * 1024))]
  const append = {
    kind: 'appendRequest',
    term: 1,
    previousIndex: 0,
    previousTerm: 0,
    commit: 0,
    round: 1,
    entries,
    remembered: [],
  } as const
  for (let i = 0; i < 10; i++) a.send('b', append)
  a.send('b', heartbeat)
  await b.message('heartbeat')
  const appends = b.happened.filter(({ kind }) => kind === 'message').length - 1
  expect(appends).toBeLessThan(10)
})

test('a peer that reads nothing costs bounded memory: what does not fit is dropped', async () => {
  const { server, port } = await serve((listener) =>
    listener.on('connection', (socket) => {
      socket.once('data', () => {
        socket.write(encodeFrame('hello', helloBytes))
        socket.pause()
      })
    }),
  )
  const helloBytes = Uint8Array.from(
    [8, 1, 16, 1, 42, 20, 10, 1, 98, 18, 16, ...new Uint8Array(16).fill(1)].slice(0, 4 + 2 + 21),
  )
  helloBytes[5] = helloBytes.length - 6
  let dropped = 0
  const transport = tcpTransport({
    bindAddress: '127.0.0.1:0',
    clock,
    random: Math.random,
    limits: { queueBytes: 1024 * 1024, socketBytes: 64 * 1024 },
    metrics: { sent: () => {}, received: () => {}, dropped: () => void (dropped += 1), peerDown: () => {} },
  })
  const a = new TestNode(selfOf('a'), transport)
  await a.start()
  a.dial({ self: selfOf('b'), address: `127.0.0.1:${port}` })
  await a.up('b')
  const payload = new Uint8Array(256 * 1024)
  for (let i = 0; i < 200; i++) a.send('b', { kind: 'application', channel: 'x', payload })
  expect(dropped).toBeGreaterThan(150)
  await a.close()
  server.close()
})

test.each([
  ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a frame above the limit', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1])],
  ['a message before the hello', encodeFrame('envelope', new Uint8Array(3))],
  ['a hello that is none', encodeFrame('hello', Uint8Array.of(255, 255, 255))],
])('%s ends that connection and nothing else', async (_name, bytes) => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  const socket = connect(a.transport.port, '127.0.0.1')
  socket.write(bytes)
  socket.resume()
  await once(socket, 'close')
  b.dial(a)
  await b.up('a')
})

test('a port in use is refused with a code', async () => {
  const a = await TestNode.open('a')
  const second = new TestNode(selfOf('b'), tcpTransport({ bindAddress: a.address, clock, random: Math.random }))
  await expect(second.start()).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
})

test('an address that is none is refused at once', () => {
  for (const bindAddress of ['nonsense', '1.2.3.4', 'host:70000', '[::1:5']) {
    expect(() => tcpTransport({ bindAddress, clock, random: Math.random })).toThrow(
      expect.objectContaining({ code: 'ADDRESS_INVALID' }),
    )
  }
})
