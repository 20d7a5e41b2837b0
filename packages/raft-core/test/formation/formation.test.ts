import { createHash } from 'node:crypto'
import type { FoundingRecord, Identify, Server, ServerId } from 'raft-core'
import { expect, test } from 'vitest'
import {
  type FormationEffect,
  type FormationInput,
  type FormationState,
  formationStep,
  newFormation,
} from '../../src/formation/formation.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/** Applicants that hear each other at once; what they write is durable when `writeAll` says so. */
class Founders {
  readonly states = new Map<ServerId, FormationState>()
  readonly founded = new Map<ServerId, FoundingRecord>()
  readonly reasons = new Map<ServerId, string>()
  readonly admits: ServerId[] = []
  readonly disks = new Map<ServerId, FoundingRecord | undefined>()
  #writing: ServerId[] = []
  #now = 0

  readonly peers: readonly ServerId[]

  constructor(peers: readonly ServerId[]) {
    this.peers = peers
  }

  start(
    id: ServerId,
    options: { incarnation?: string; mayFound?: boolean; genesisHash?: string; peers?: readonly ServerId[] } = {},
  ): void {
    const peers = (options.peers ?? this.peers).map((peer) => ({ id: peer, address: `${peer}:1` }))
    const incarnation = options.incarnation ?? `${id.slice(1)}0`.padStart(32, '0')
    const identity = { id, incarnation, bootCounter: 1, bootNonce: '00' }
    const { mayFound = true, genesisHash = 'aa' } = options
    const settings = { identity, address: `${id}:1`, chainId: 'c', genesisHash, peers, mayFound, sha256 }
    this.states.set(id, newFormation(settings, this.disks.get(id), this.#now))
    this.#input(id, { kind: 'time' })
  }

  stop(id: ServerId): void {
    this.states.delete(id)
    this.#writing = this.#writing.filter((writing) => writing !== id)
  }

  wipe(id: ServerId): void {
    this.stop(id)
    this.disks.delete(id)
    this.founded.delete(id)
  }

  /** Everybody asks everybody, several times, without any write becoming durable. */
  talk(): void {
    for (let turn = 0; turn < 4; turn++) {
      this.#now += 1000
      for (const id of this.states.keys()) this.#input(id, { kind: 'time' })
    }
  }

  write(id: ServerId): void {
    this.disks.set(id, this.states.get(id)?.record)
    this.#writing = this.#writing.filter((writing) => writing !== id)
    this.#input(id, { kind: 'recordDurable' })
  }

  writeAll(): void {
    for (const id of this.#writing.slice()) this.write(id)
  }

  /** Talks and writes until nothing changes any more. */
  settle(): void {
    for (let turn = 0; turn < 6; turn++) {
      this.talk()
      this.writeAll()
    }
  }

  #input(id: ServerId, input: FormationInput): void {
    const state = this.states.get(id)
    if (state === undefined) return
    const effects = formationStep(state, this.#now, input)
    for (const effect of effects) if (effect.kind !== 'send') this.#perform(id, effect)
    for (const effect of effects) if (effect.kind === 'send') this.#perform(id, effect)
  }

  #perform(id: ServerId, effect: FormationEffect): void {
    if (effect.kind === 'waiting') this.reasons.set(id, effect.reason)
    if (effect.kind === 'persist') this.#writing.push(id)
    if (effect.kind === 'founded') {
      this.founded.set(id, effect.record)
      this.disks.set(id, effect.record)
      this.states.delete(id)
    }
    if (effect.kind === 'send') this.#deliver(id, effect.to, effect.message)
  }

  #deliver(from: ServerId, to: ServerId, message: Extract<FormationEffect, { kind: 'send' }>['message']): void {
    const sender = this.states.get(from)
    if (sender === undefined) return
    if (message.kind === 'admit') this.admits.push(to)
    if (message.kind === 'identify' && message.answerWanted && this.founded.has(to))
      return this.#answerAsMember(to, from)
    const member = { id: from, incarnation: sender.settings.identity.incarnation }
    this.#input(to, { kind: 'message', envelope: { version: 1, clusterId: '', epoch: 0, from: member, message } })
  }

  #answerAsMember(id: ServerId, to: ServerId): void {
    const record = this.founded.get(id)!
    const { incarnation } = record.servers.find((server) => server.id === id)!
    const message: Identify = {
      kind: 'identify',
      chainId: 'c',
      genesisHash: 'aa',
      peersHash: '',
      stage: 'founded',
      address: '',
      record,
      configuration: { servers: this.configuration ?? record.servers, outgoing: [] },
      leaderId: this.hasLeader ? id : undefined,
      answerWanted: false,
      bootCounter: 1,
      bootNonce: '00',
    }
    const envelope = { version: 1, clusterId: record.clusterId, epoch: 0, from: { id, incarnation }, message }
    this.#input(to, { kind: 'message', envelope })
  }

  configuration: readonly Server[] | undefined
  /** Of the cluster that founded members belong to. */
  hasLeader = true
}

const three = ['n1', 'n2', 'n3']

test('nothing is promised before all listed peers answered, and the missing ones are named', () => {
  const founders = new Founders(three)
  founders.start('n1')
  founders.start('n2')
  founders.settle()
  expect(founders.disks.size).toBe(0)
  expect(founders.reasons.get('n1')).toContain('n3 at n3:1')
  founders.start('n3')
  founders.settle()
  expect(new Set([...founders.founded.values()].map((record) => record.clusterId)).size).toBe(1)
  expect(founders.founded.size).toBe(3)
})

test('nobody votes before every promise is durable', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.talk()
  founders.write('n1')
  founders.write('n2')
  founders.talk()
  expect(founders.founded.size).toBe(0)
  founders.write('n3')
  founders.talk()
  expect(founders.founded.size).toBe(3)
})

test('one founded peer is enough for a restarted applicant to finish its promise', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.talk()
  for (const id of three) founders.disks.set(id, founders.states.get(id)?.record)
  founders.stop('n1')
  founders.write('n2')
  founders.write('n3')
  expect(founders.founded.size).toBe(0)
  founders.start('n1')
  founders.talk()
  expect(founders.founded.size).toBe(3)
})

test('a promise is dropped only when all answer and one of its directories is gone; then they found anew', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.talk()
  founders.write('n1')
  founders.write('n2')
  const first = founders.disks.get('n1')!.clusterId
  founders.wipe('n3')
  founders.settle()
  expect(founders.disks.get('n1')!.clusterId).toBe(first)
  founders.start('n3', { incarnation: 'f'.repeat(32) })
  founders.settle()
  expect(founders.founded.size).toBe(3)
  expect(new Set([...founders.founded.values()].map(({ clusterId }) => clusterId)).size).toBe(1)
  expect(founders.founded.get('n1')!.clusterId).not.toBe(first)
})

test('a promise is kept while somebody does not answer: it may have founded the cluster', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.talk()
  for (const id of three) founders.disks.set(id, founders.states.get(id)?.record)
  const { clusterId } = founders.disks.get('n1')!
  for (const id of three) founders.stop(id)
  founders.wipe('n3')
  founders.start('n3', { incarnation: 'f'.repeat(32) })
  founders.start('n1')
  founders.settle()
  expect(founders.disks.get('n1')!.clusterId).toBe(clusterId)
  expect(founders.reasons.get('n1')).toContain('n2')
  founders.start('n2')
  founders.settle()
  expect(new Set([...founders.founded.values()].map((record) => record.clusterId)).size).toBe(1)
  expect(founders.founded.size).toBe(3)
})

test('a cluster of another genesis is not joined, even by a node that it names', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.settle()
  const { servers } = founders.founded.get('n1')!
  const incarnation = '9'.repeat(32)
  founders.configuration = servers.map((server) => (server.id === 'n3' ? { ...server, incarnation } : server))
  founders.wipe('n3')
  founders.start('n3', { incarnation, genesisHash: 'bb' })
  founders.settle()
  expect(founders.founded.has('n3')).toBe(false)
  expect(founders.reasons.get('n3')).toContain('another chain or genesis')
})

test('wiping two of three founds nothing: they ask the survivor to be admitted', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.settle()
  for (const id of ['n2', 'n3']) {
    founders.wipe(id)
    founders.start(id, { incarnation: id.slice(1).repeat(32) })
  }
  founders.settle()
  expect([...founders.founded.keys()]).toEqual(['n1'])
  expect(founders.admits).toContain('n1')
})

test('wiping two of three leaves no leader: the applicants name the voters that are missing', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.settle()
  for (const id of ['n1', 'n2']) founders.wipe(id)
  founders.hasLeader = false
  for (const id of ['n1', 'n2']) founders.start(id, { incarnation: 'ff'.repeat(16) })
  founders.settle()
  for (const id of ['n1', 'n2'])
    expect(founders.reasons.get(id)).toMatch(/directories they had: n1 at n1:1, n2 at n2:1$/)
  expect([...founders.founded.keys()]).toEqual(['n3'])
  expect(founders.admits).toEqual([])
})

test('an admitted node joins under its new directory, not before', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.settle()
  const { clusterId, servers } = founders.founded.get('n1')!
  founders.wipe('n3')
  founders.start('n3', { incarnation: '9'.repeat(32) })
  founders.settle()
  expect(founders.founded.has('n3')).toBe(false)
  founders.configuration = servers.map((server) =>
    server.id === 'n3' ? { ...server, incarnation: '9'.repeat(32), suffrage: 'staging' as const } : server,
  )
  founders.settle()
  expect(founders.founded.get('n3')!.clusterId).toBe(clusterId)
})

test.each([
  ['another genesis', { genesisHash: 'bb' }, 'another genesis'],
  ['other peers', { peers: ['n2', 'n3', 'n4'] }, 'lists other peers'],
  ['no bootstrap flag', { mayFound: false }, 'raft.bootstrap'],
])('a founder with %s stops the founding, by name', (_name, options, reason) => {
  const founders = new Founders(three)
  founders.start('n1')
  founders.start('n2')
  founders.start('n3', options)
  founders.settle()
  expect(founders.founded.size).toBe(0)
  expect(founders.reasons.get('n1')).toContain('n3')
  expect(founders.reasons.get('n1')).toContain(reason)
})

test('a cluster that does not know this node is left alone', () => {
  const founders = new Founders(three)
  for (const id of three) founders.start(id)
  founders.settle()
  founders.start('n4', { peers: ['n1', 'n2', 'n3', 'n4'], incarnation: '4'.repeat(32) })
  founders.settle()
  expect(founders.founded.has('n4')).toBe(false)
  expect(founders.reasons.get('n4')).toContain('raft add')
})

test('a cluster of one founds itself', () => {
  const founders = new Founders(['n1'])
  founders.start('n1')
  founders.settle()
  expect(founders.founded.get('n1')?.servers).toHaveLength(1)
})
