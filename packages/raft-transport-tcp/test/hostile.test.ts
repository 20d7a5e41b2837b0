import { once } from 'node:events'
import * as fc from 'fast-check'
import type { Heartbeat } from 'raft-core'
import { encodeFrame, encodeHello, helloOf, preface } from 'raft-transport-tcp'
import { expect, test } from 'vitest'
import { ManualClock } from './support/manual-clock.ts'
import { RawPeer } from './support/raw-peer.ts'
import { selfOf, TestNode } from './support/node.ts'

const heartbeat: Heartbeat = { kind: 'heartbeat', term: 1, round: 2, commit: 3, sentIndex: 4 }
const hello = encodeFrame('hello', encodeHello(helloOf(selfOf('x'), 'a')))
const part = new Uint8Array(16 * 1024)
const damaged = encodeFrame('envelope', new Uint8Array(40))
damaged[20]! ^= 1

test.each([
  ['garbage', 'PREFACE_INVALID', [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ['another version of the frames', 'PREFACE_INVALID', [Uint8Array.of(0x52, 0x41, 0x46, 0x54, 2, 0, 0, 0)]],
  ['a large frame of a stranger', 'FRAME_TOO_LARGE', [preface, Buffer.from([0, 1, 0, 1, 0, 0, 0, 0])]],
  ['a message before the hello', 'HELLO_MISSING', [preface, encodeFrame('envelope', new Uint8Array(3))]],
  ['a part of one before the hello', 'HELLO_MISSING', [preface, encodeFrame('part', part)]],
  ['a ping before the hello', 'HELLO_MISSING', [preface, encodeFrame('ping', new Uint8Array(0))]],
  ['a hello that is none', 'MESSAGE_INVALID', [preface, encodeFrame('hello', Uint8Array.of(255, 255, 255))]],
  ['a frame above the limit', 'FRAME_TOO_LARGE', [preface, hello, Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])]],
  ['a damaged frame', 'FRAME_DAMAGED', [preface, hello, damaged]],
  ['a message that is none', 'MESSAGE_INVALID', [preface, hello, encodeFrame('envelope', new Uint8Array(40))]],
  ['many tiny parts', 'FRAME_DAMAGED', [preface, hello, encodeFrame('part', new Uint8Array(1))]],
  ['endless parts', 'FRAME_TOO_LARGE', [preface, hello, ...Array<Buffer>(70).fill(encodeFrame('part', part))]],
])('%s ends that connection, with a reason, and nothing else', async (_name, code, bytes) => {
  const limits = { messageBytes: 1024 * 1024 }
  const [a, b] = [await TestNode.open('a', {}, { limits }), await TestNode.open('b')]
  b.dial(a)
  await b.up('a')
  const raw = RawPeer.dial(a.transport.port)
  for (const each of bytes) raw.socket.write(each)
  expect(await raw.rejection()).toMatchObject({ code })
  await raw.closed
  b.send('a', heartbeat)
  await a.message('heartbeat')
  expect(b.reasons('a')).toEqual([])
})

test('a refusal can be read by a peer that goes on sending', async () => {
  const a = await TestNode.open('a')
  for (let i = 0; i < 20; i++) {
    const raw = RawPeer.dial(a.transport.port).greet(selfOf('x', { clusterId: 'dd'.repeat(32) }), 'a')
    raw.socket.write(new Uint8Array(4 * 1024 * 1024))
    expect(await Promise.race([raw.rejection(), raw.closed])).toMatchObject({ code: 'CLUSTER' })
  }
})

test('a connection that is cut in the middle of a frame leaves nothing behind', async () => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  const raw = RawPeer.dial(a.transport.port).greet(b.self, 'a')
  await raw.frame('hello')
  raw.socket.end(encodeFrame('envelope', new Uint8Array(1000)).subarray(0, 500))
  await raw.closed
  b.dial(a)
  await b.up('a')
  b.send('a', heartbeat)
  await a.message('heartbeat')
})

test('a damaged frame on a connection that was up closes it, and it is dialed again at once', async () => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  const codes: string[] = []
  const c = await TestNode.open('c', {}, { metrics: { refused: (code) => void codes.push(code) } })
  a.dial(b)
  await a.up('b')
  // A message of `a` that claims to be of another directory is damage as far as `c` can tell.
  a.dial(c)
  await a.up('c')
  a.transport.send('c', { ...a.envelope(heartbeat), from: { id: 'a', incarnation: 'ee'.repeat(16) } })
  await a.down('c', 'closed')
  await a.up('c', 2)
  expect(codes).toEqual(['MESSAGE_INVALID'])
})

test('a stranger has five seconds to say hello', async () => {
  const clock = new ManualClock()
  const a = await TestNode.open('a', {}, { clock })
  const raw = RawPeer.dial(a.transport.port)
  await once(raw.socket, 'connect')
  const b = await TestNode.open('b')
  b.dial(a)
  await b.up('a') // so the connection before it was accepted, too
  clock.advance(5000)
  expect(await raw.rejection()).toMatchObject({ code: 'HELLO_MISSING' })
})

test('strangers beyond the limit end the oldest, so that a peer still gets in', async () => {
  const a = await TestNode.open('a', {}, { limits: { strangers: 4 } })
  const silent = Array.from({ length: 10 }, () => RawPeer.dial(a.transport.port))
  await Promise.all(silent.slice(0, 6).map((raw) => raw.closed))
  expect(await silent[0]!.rejection()).toMatchObject({ code: 'BUSY' })
  const b = await TestNode.open('b')
  b.dial(a)
  await b.up('a')
})

test('unnamed peers beyond the limit are refused, named ones are not', async () => {
  const a = await TestNode.open('a', {}, { limits: { guests: 2 } })
  const b = await TestNode.open('b')
  for (const id of ['x', 'y']) await RawPeer.dial(a.transport.port).greet(selfOf(id), 'a').frame('hello')
  const third = RawPeer.dial(a.transport.port).greet(selfOf('z'), 'a')
  expect(await third.rejection()).toMatchObject({ code: 'BUSY' })
  a.dial(b)
  b.dial(a)
  await b.up('a')
})

test('unfinished messages of unnamed peers are bounded together, those of named ones are not', async () => {
  const limits = { guestBytes: 40 * 1024 }
  const [a, b] = [await TestNode.open('a', {}, { limits }), await TestNode.open('b')]
  const [x, y] = ['x', 'y'].map((id) => RawPeer.dial(a.transport.port).greet(selfOf(id), 'a'))
  x!.send('part', part).send('part', part)
  x!.send('ping')
  await x!.frame('pong')
  y!.send('part', part)
  expect(await y!.rejection()).toMatchObject({ code: 'BUSY' })
  x!.socket.destroy()
  await x!.closed
  a.dial(b)
  await a.up('b')
  b.dial(a)
  await b.up('a')
  b.send('a', { kind: 'application', channel: 'x', payload: new Uint8Array(1024 * 1024) })
  await a.message('application')
})

test('whatever a stranger sends, the others are served', async () => {
  const [a, b] = [await TestNode.open('a'), await TestNode.open('b')]
  b.dial(a)
  await b.up('a')
  const bytes = fc.array(
    fc.oneof(
      fc.constant(hello),
      fc.uint8Array({ maxLength: 50 }),
      fc
        .tuple(
          fc.constantFrom('envelope', 'part', 'lastPart', 'hello', 'rejection', 'goodbye', 'ping', 'pong'),
          fc.uint8Array(),
        )
        .map(([type, body]) => encodeFrame(type as 'ping', body)),
    ),
    { maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(bytes, async (chunks) => {
      const raw = RawPeer.dial(a.transport.port)
      raw.socket.end(Buffer.concat([preface, ...chunks]))
      await raw.closed
    }),
    { numRuns: 200 },
  )
  b.send('a', heartbeat)
  await a.message('heartbeat')
  expect(b.reasons('a')).toEqual([])
})
