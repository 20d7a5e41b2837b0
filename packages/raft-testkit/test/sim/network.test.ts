import type { Envelope, ServerId, Transport } from 'raft-core'
import { Seeded } from 'raft-testkit'
import { expect, test } from 'vitest'
import { fairWeather, SimulatedNetwork } from '../../src/sim/network.ts'
import { World } from '../../src/sim/world.ts'

/** Processes that only listen. */
class Wire {
  readonly world = new World()
  readonly network = new SimulatedNetwork(this.world, new Seeded(1))
  readonly heard: string[] = []
  readonly paused = new Set<ServerId>()
  #starts = 0

  start(id: ServerId, peers: readonly ServerId[], clusterId = ''): Transport {
    const transport = this.network.transport({
      id,
      deliver: (action) => action(),
      isPaused: () => this.paused.has(id),
      sends: () => true,
    })
    const bootNonce = String(this.#starts++)
    const self = { member: { id, incarnation: 'a' }, clusterId, epoch: 0, bootCounter: 1, bootNonce }
    transport.start(
      self,
      {
        message: ({ from, message }) => this.heard.push(`${id} hears ${message.kind} from ${from.id}`),
        peerUp: (peer) => this.heard.push(`${id} up ${peer.id}`),
        peerDown: (peer, reason) => this.heard.push(`${id} down ${peer} ${reason}`),
      },
      () => {},
    )
    transport.setPeers(peers.map((peer) => ({ id: peer, address: `${peer}:1` })))
    return transport
  }

  /** What was heard in the next `ms`, each thing once. */
  after(ms: number): readonly string[] {
    this.heard.splice(0)
    this.world.run(ms)
    return [...new Set(this.heard)].sort()
  }
}

const envelope = (from: ServerId): Envelope => ({
  version: 1,
  clusterId: '',
  epoch: 0,
  from: { id: from, incarnation: 'a' },
  message: { kind: 'application', channel: '', payload: new Uint8Array(0) },
})

test('both ends learn of a connection, once', () => {
  const wire = new Wire()
  wire.start('a', ['b'])
  wire.start('b', ['a'])
  wire.world.run(100)
  expect(wire.heard.toSorted()).toEqual(['a up b', 'b up a'])
})

test('a peer that is not there refuses, until it is', () => {
  const wire = new Wire()
  wire.start('a', ['b'])
  expect(wire.after(200)).toEqual(['a down b refused'])
  wire.start('b', [])
  expect(wire.after(200)).toEqual(['a up b', 'b up a'])
})

test('a dead process closes its connections at once, and refuses; its next start is another connection', () => {
  const wire = new Wire()
  wire.start('a', ['b'])
  wire.start('b', ['a'])
  wire.world.run(100)
  wire.network.leave('b')
  expect(wire.after(20)).toEqual(['a down b closed', 'a down b refused'])
  wire.start('b', ['a'])
  expect(wire.after(200)).toContain('a up b')
})

test('a process that is back before its death was noticed closes the old connection first', () => {
  const wire = new Wire()
  wire.network.faults = { ...wire.network.faults, delayMs: 5 }
  wire.start('a', ['b'])
  wire.start('b', ['a'])
  wire.world.run(200)
  wire.network.leave('b')
  wire.start('b', ['a'])
  wire.heard.splice(0)
  wire.world.run(500)
  const atA = wire.heard.filter((line) => line.startsWith('a '))
  expect(atA).toEqual(['a down b closed', 'a up b'])
})

test('a partition is noticed by silence on both sides, also when the other side dies behind it', () => {
  const wire = new Wire()
  wire.start('a', ['b'])
  wire.start('b', ['a'])
  wire.world.run(100)
  wire.network.cut('a', 'b')
  expect(wire.after(100)).toEqual([])
  expect(wire.after(1000)).toEqual(['a down b unreachable', 'b down a unreachable'])
  wire.network.heal()
  expect(wire.after(1000)).toEqual(expect.arrayContaining(['a up b', 'b up a']))
  wire.network.cut('b', 'a')
  wire.network.leave('b')
  expect(wire.after(1000)).toEqual(['a down b unreachable'])
})

test('a short partition loses messages and no connection', () => {
  const wire = new Wire()
  const a = wire.start('a', ['b'])
  wire.start('b', ['a'])
  wire.world.run(100)
  wire.network.cut('a', 'b')
  a.send('b', envelope('a'))
  wire.world.run(50)
  wire.network.heal()
  expect(wire.after(1000)).toEqual([])
  a.send('b', envelope('a'))
  expect(wire.after(100)).toEqual(['b hears application from a'])
})

test('what is sent without a connection goes nowhere', () => {
  const wire = new Wire()
  const a = wire.start('a', [])
  wire.start('b', [])
  a.send('b', envelope('a'))
  expect(wire.after(100)).toEqual([])
  expect(wire.network.counts.unconnected).toBe(1)
})

test('a process that stands still answers no new connection', () => {
  const wire = new Wire()
  wire.paused.add('b')
  wire.start('a', ['b'])
  wire.start('b', [])
  expect(wire.after(1000)).toEqual(['a down b unreachable'])
  wire.paused.clear()
  expect(wire.after(1000)).toEqual(expect.arrayContaining(['a up b', 'b up a']))
})

test('another cluster is rejected by name', () => {
  const wire = new Wire()
  wire.start('a', ['b'], 'aa')
  wire.start('b', [], 'bb')
  expect(wire.after(200)).toEqual(['a down b rejected'])
})

test('a peer that is not named any more is disconnected', () => {
  const wire = new Wire()
  const a = wire.start('a', ['b'])
  wire.start('b', [])
  wire.world.run(100)
  a.setPeers([])
  expect(wire.after(200)).toEqual(['a down b closed', 'b down a closed'])
})

test('a process that closes says goodbye', () => {
  const wire = new Wire()
  wire.start('a', ['b'])
  const b = wire.start('b', ['a'])
  wire.world.run(100)
  b.close(() => {})
  expect(wire.after(20)).toEqual(['a down b goodbye', 'a down b refused'])
})

test('messages are lost and doubled as often as asked', () => {
  const wire = new Wire()
  const a = wire.start('a', ['b'])
  wire.start('b', ['a'])
  wire.world.run(100)
  wire.network.faults = { ...fairWeather, delayMs: 1, loss: 0.3, duplication: 0.5, replay: 0 }
  wire.heard.splice(0)
  for (let i = 0; i < 2000; i++) a.send('b', envelope('a'))
  wire.world.run(1000)
  expect(wire.heard.length).toBeGreaterThan(1900)
  expect(wire.heard.length).toBeLessThan(2300)
  expect(wire.network.counts.lost).toBeGreaterThan(500)
})

test('a reset closes the connection under both ends, and they connect again', () => {
  const wire = new Wire()
  wire.start('a', ['b'])
  wire.start('b', ['a'])
  wire.world.run(100)
  wire.network.reset('a', 'b')
  expect(wire.after(200)).toEqual(['a down b closed', 'a up b', 'b down a closed', 'b up a'])
  wire.network.reset('a', 'c')
  expect(wire.after(200)).toEqual([])
})

test('a clogged wire holds messages back in one direction, then gives them all', () => {
  const wire = new Wire()
  const [a, b] = [wire.start('a', ['b']), wire.start('b', ['a'])]
  wire.world.run(100)
  wire.network.clog('a', 'b', 50)
  a.send('b', envelope('a'))
  b.send('a', envelope('b'))
  expect(wire.after(40)).toEqual(['a hears application from b'])
  expect(wire.after(40)).toEqual(['b hears application from a'])
  expect(wire.network.counts.held).toBe(1)
  wire.network.clog('a', 'b', 1000)
  wire.network.heal()
  a.send('b', envelope('a'))
  expect(wire.after(40)).toEqual(['b hears application from a'])
})

test('a slow wire is busy with each message for as long as its size takes', () => {
  const wire = new Wire()
  const a = wire.start('a', ['b'])
  wire.start('b', ['a'])
  wire.world.run(100)
  wire.network.faults = { ...fairWeather, delayMs: 0.01, msPerKilobyte: 160 }
  for (let i = 0; i < 5; i++) a.send('b', envelope('a'))
  wire.heard.splice(0)
  wire.world.run(25)
  expect(wire.heard).toHaveLength(3)
  wire.world.run(25)
  expect(wire.heard).toHaveLength(5)
})
