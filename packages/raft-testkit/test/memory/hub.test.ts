import type { Envelope, ServerId, Transport, TransportHandler } from 'raft-core'
import { MemoryHub } from 'raft-testkit'
import { expect, test } from 'vitest'

const waiting: (() => void)[] = []

function runAll(): void {
  for (let next = waiting.shift(); next; next = waiting.shift()) next()
}

interface Attached {
  readonly transport: Transport
  readonly heard: string[]
}

function attach(hub: MemoryHub, id: ServerId, peers: readonly ServerId[]): Attached {
  const transport = hub.transport(id)
  const heard: string[] = []
  const handler: TransportHandler = {
    message: ({ from, message }) => heard.push(`${from.id}: ${message.kind === 'application' ? message.channel : '?'}`),
    peerUp: (peer) => heard.push(`up ${peer.id}`),
    peerDown: (peer, reason) => heard.push(`down ${peer} ${reason}`),
  }
  const self = { member: { id, incarnation: 'a' }, clusterId: '', epoch: 0, bootCounter: 1, bootNonce: '00' }
  transport.start(self, handler, (error) => heard.push(error ? 'failed' : 'started'))
  transport.setPeers(peers.map((peer) => ({ id: peer, address: `${peer}:1` })))
  return { transport, heard }
}

function say(channel: string): Envelope {
  const message = { kind: 'application', channel, payload: new Uint8Array(0) } as const
  return { version: 1, clusterId: '', epoch: 0, from: { id: 'a', incarnation: 'a' }, message }
}

test('messages arrive later, in order, and nowhere when nobody listens', () => {
  const hub = new MemoryHub((action) => waiting.push(action))
  const a = attach(hub, 'a', ['b'])
  const b = attach(hub, 'b', ['a'])
  runAll()
  b.heard.splice(0)
  for (const channel of ['one', 'two']) a.transport.send('b', say(channel))
  a.transport.send('nobody', say('three'))
  expect(b.heard).toEqual([])
  runAll()
  expect(b.heard).toEqual(['a: one', 'a: two'])
})

test('a peer is up once it listens, refused before', () => {
  const hub = new MemoryHub((action) => waiting.push(action))
  const a = attach(hub, 'a', ['b'])
  runAll()
  expect(a.heard).toEqual(['started', 'down b refused'])
  const b = attach(hub, 'b', ['a'])
  runAll()
  expect(a.heard.slice(2)).toEqual(['up b'])
  expect(b.heard).toEqual(['started', 'up a'])
})

test('a peer that closes says goodbye, and is then refused', () => {
  const hub = new MemoryHub((action) => waiting.push(action))
  const a = attach(hub, 'a', ['b'])
  const b = attach(hub, 'b', ['a'])
  runAll()
  a.heard.splice(0)
  b.transport.close(() => b.heard.push('closed'))
  a.transport.send('b', say('late'))
  runAll()
  expect(a.heard).toEqual(['down b goodbye', 'down b refused'])
  expect(b.heard.at(-1)).toBe('closed')
})
