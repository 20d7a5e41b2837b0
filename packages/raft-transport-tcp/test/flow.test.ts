import { type AppendRequest, encodeEntry, type Heartbeat, type Message } from 'raft-core'
import { decodeEnvelope, type TcpTransportLimits } from 'raft-transport-tcp'
import { expect, test } from 'vitest'
import { type RawPeer, rawServer } from './support/raw-peer.ts'
import { defaults, selfOf, TestNode } from './support/node.ts'

const kibibyte = 1024
const mebibyte = 1024 * kibibyte
const heartbeat: Heartbeat = { kind: 'heartbeat', term: 1, round: 2, commit: 3, sentIndex: 4 }

const append = (payloadBytes: number, round = 1): AppendRequest => ({
  kind: 'appendRequest',
  term: 1,
  previousIndex: 0,
  previousTerm: 0,
  commit: 0,
  round,
  entries: payloadBytes === 0 ? [] : [encodeEntry(1, 1, 'command', new Uint8Array(payloadBytes).fill(round))],
  remembered: [],
})

/** A node with one peer, whose end of the connection the test holds. */
async function pair(
  limits: Partial<TcpTransportLimits> = {},
): Promise<{ a: TestNode; peer: RawPeer; dropped: string[]; queued: () => number }> {
  const dropped: string[] = []
  let waiting = 0
  const metrics = {
    dropped: (to: string, reason: string) => void dropped.push(`${to} ${reason}`),
    queued: (_to: string, bytes: number) => void (waiting = bytes),
  }
  const server = await rawServer((peer) => peer.greet(selfOf('b')))
  const a = await TestNode.open('a', {}, { limits, metrics })
  a.dial({ self: selfOf('b'), address: server.address })
  await a.up('b')
  return { a, peer: await server.peer(), dropped, queued: () => waiting }
}

/** What a peer has read of messages, those in parts put together. */
function messagesOf(peer: RawPeer): Message[] {
  const messages: Message[] = []
  let parts: Uint8Array[] = []
  for (const { type, body } of peer.frames) {
    if (type === 'part' || type === 'lastPart') parts.push(body)
    if (type === 'lastPart') messages.push(decodeEnvelope(Buffer.concat(parts.splice(0))).message)
    if (type === 'envelope') messages.push(decodeEnvelope(body).message)
  }
  return messages
}

/** Waits until the peer has read so many messages. */
async function received(peer: RawPeer, count: number): Promise<void> {
  await until(() => peer.frames.filter(({ type }) => type === 'envelope' || type === 'lastPart').length >= count)
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate)
}

test.each([0, 1, 127 * kibibyte, 128 * kibibyte, 129 * kibibyte, 5 * mebibyte])(
  'an append of %i bytes arrives as it was sent',
  async (size) => {
    const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
    a.dial(b)
    await a.up('b')
    const sent = append(size, 7)
    a.send('b', sent)
    await b.message('appendRequest')
    const [entry] = (b.messages()[0] as AppendRequest).entries
    expect(entry === undefined ? undefined : Buffer.from(entry.payload).equals(sent.entries[0]!.payload)).toBe(
      size === 0 ? undefined : true,
    )
  },
)

test('small messages overtake large ones that wait, and even one under way', async () => {
  const { a, peer, queued } = await pair()
  peer.socket.pause()
  const rounds = Array.from({ length: 12 }, (_, i) => i)
  for (const round of rounds) a.send('b', append(4 * mebibyte, round))
  // Until no more goes into the sockets.
  for (let last = -1; last !== queued(); await new Promise(setImmediate)) last = queued()
  a.send('b', heartbeat)
  peer.socket.resume()
  await received(peer, rounds.length + 1)
  const types = peer.frames.map(({ type }) => type)
  const behind = types.slice(types.indexOf('envelope')).filter((type) => type === 'lastPart')
  expect(behind.length).toBeGreaterThan(rounds.length / 2)
  const appends = messagesOf(peer).filter((message) => message.kind === 'appendRequest')
  expect(appends.map(({ round }) => round)).toEqual(rounds)
})

test('an empty append does not overtake the ones before it', async () => {
  const { a, peer } = await pair()
  for (const [round, size] of [mebibyte, 0, mebibyte, 0].entries()) a.send('b', append(size, round))
  await received(peer, 4)
  expect(messagesOf(peer).map((message) => message.kind === 'appendRequest' && message.round)).toEqual([0, 1, 2, 3])
})

test('a peer that reads nothing costs bounded memory: appends are dropped, heartbeats are not', async () => {
  const { a, peer, dropped, queued } = await pair({ queueBytes: mebibyte, urgentBytes: 64 * kibibyte })
  peer.socket.pause()
  await until(() => {
    a.send('b', append(256 * kibibyte))
    return dropped.length > 20
  })
  expect(queued()).toBeLessThanOrEqual(mebibyte + 64 * kibibyte)
  const before = dropped.length
  for (let i = 0; i < 100; i++) a.send('b', heartbeat)
  expect(dropped).toHaveLength(before)
  peer.socket.resume()
  await until(() => peer.frames.filter(({ type }) => type === 'envelope').length === 100)
})

test('what is urgent has its bound, too', async () => {
  const { a, peer, dropped } = await pair({ urgentBytes: 10 * kibibyte })
  peer.socket.pause()
  for (let i = 0; i < 1000; i++) a.send('b', heartbeat)
  expect(dropped.length).toBeGreaterThan(500)
  expect(new Set(dropped)).toEqual(new Set(['b queueFull']))
})

test('a message larger than the queue goes when nothing else waits', async () => {
  const { a, peer, dropped } = await pair({ queueBytes: 64 * kibibyte })
  a.send('b', append(mebibyte))
  await received(peer, 1)
  expect(dropped).toEqual([])
})

test('a message above the limit is not sent, and the connection stays', async () => {
  const { a, peer, dropped } = await pair({ messageBytes: 64 * kibibyte })
  a.send('b', append(65 * kibibyte))
  a.send('b', heartbeat)
  await received(peer, 1)
  expect(dropped).toEqual(['b tooLarge'])
})

test('messages to nobody are dropped', async () => {
  const dropped: string[] = []
  const metrics = { dropped: (to: string, reason: string) => void dropped.push(`${to} ${reason}`) }
  const a = await TestNode.open('a', {}, { metrics })
  a.send('b', heartbeat)
  expect(dropped).toEqual(['b notConnected'])
})

test('messages of one turn of the event loop go in one write', async () => {
  const chunks: number[] = []
  const { a, peer } = await pair()
  await peer.frame('ping')
  peer.socket.on('data', (bytes: Buffer) => chunks.push(bytes.length))
  for (let i = 0; i < 200; i++) a.send('b', heartbeat)
  await received(peer, 200)
  expect(chunks.length).toBeLessThan(20)
})

test('metrics count messages, bytes and why peers are not connected', async () => {
  const seen: string[] = []
  const metrics = {
    sent: (to: string, bytes: number) => void seen.push(`sent ${to} ${bytes > 0}`),
    received: (from: string, bytes: number) => void seen.push(`received ${from} ${bytes > 0}`),
    peerUp: (id: string) => void seen.push(`up ${id}`),
    peerDown: (id: string, reason: string) => void seen.push(`down ${id} ${reason}`),
  }
  const [a, b] = [await TestNode.open('a', {}, { ...defaults, metrics }), await TestNode.open('b')]
  a.dial(b)
  await a.up('b')
  a.send('b', heartbeat)
  await b.message('heartbeat')
  b.send('a', heartbeat)
  await a.message('heartbeat')
  await b.close()
  await a.down('b', 'goodbye')
  expect(seen).toEqual(['up b', 'sent b true', 'received b true', 'down b goodbye'])
})
