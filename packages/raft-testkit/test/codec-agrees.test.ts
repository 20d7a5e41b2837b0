import * as fc from 'fast-check'
import {
  bytesToHex,
  type Configuration,
  decodeConfiguration,
  decodeEntry,
  decodeFoundingRecord,
  decodeHardState,
  decodeIdentity,
  decodeOpening,
  decodeSnapshotMetadata,
  encodeConfiguration,
  encodeEntry,
  encodeFoundingRecord,
  encodeHardState,
  encodeIdentity,
  encodeOpening,
  encodeSnapshotMetadata,
  type EntryType,
  hexToBytes,
  type Server,
  type Suffrage,
} from 'raft-core'
import { expect, test } from 'vitest'
import { raft } from '../gen/raft.js'

const wire = raft.v1
const number = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(bytesToHex)
const suffrages: readonly Suffrage[] = ['voter', 'nonVoter', 'staging']
const types: readonly EntryType[] = ['command', 'opening', 'configuration', 'barrier']

const server: fc.Arbitrary<Server> = fc.record({
  id: text,
  incarnation: hex(16),
  address: text,
  suffrage: fc.constantFrom(...suffrages),
})
const configuration: fc.Arbitrary<Configuration> = fc.record({
  servers: fc.array(server, { maxLength: 4 }),
  outgoing: fc.array(server, { maxLength: 3 }),
})
const member = fc.record({ id: text, incarnation: hex(16) })

const toServer = (s: Server): object => ({
  ...s,
  incarnation: hexToBytes(s.incarnation),
  suffrage: suffrages.indexOf(s.suffrage) + 1,
})
const toConfiguration = (c: Configuration): object => ({
  servers: c.servers.map(toServer),
  outgoing: c.outgoing.map(toServer),
})
const toMember = (m: { id: string; incarnation: string }): object => ({
  id: m.id,
  incarnation: hexToBytes(m.incarnation),
})

/** protobufjs writes default values that are set; proto3's canonical form, and ours, leaves them out. */
function sparse(value: unknown): unknown {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sparse)
  const kept = Object.entries(value).filter(([, field]) => {
    const isEmpty = field === 0 || field === '' || (field instanceof Uint8Array && field.length === 0)
    return field !== undefined && !isEmpty
  })
  return Object.fromEntries(kept.map(([name, field]) => [name, sparse(field)]))
}

interface Generated {
  encode(message: object): { finish(): Uint8Array }
}

function sameBytes(ours: Uint8Array, type: Generated, message: object): void {
  const theirs = type.encode(sparse(message) as object).finish()
  expect(bytesToHex(ours)).toBe(bytesToHex(theirs))
}

test('entry records are what the generated code writes, behind their length', () => {
  fc.assert(
    fc.property(
      positive,
      positive,
      fc.constantFrom(...types),
      fc.uint8Array({ maxLength: 300 }),
      (index, term, type, payload) => {
        const entry = encodeEntry(index, term, type, payload)
        expect(decodeEntry(entry.record)).toEqual(entry)
        const lengthBytes = entry.record.findIndex((byte) => byte < 0x80) + 1
        const { checksum } = wire.EntryRecord.decode(entry.record.subarray(lengthBytes))
        const message = { checksum, term, index, type: types.indexOf(type) + 1, payload }
        const body = wire.EntryRecord.encode({ ...(sparse(message) as object), checksum }).finish()
        expect(bytesToHex(entry.record.subarray(entry.record.length - body.length))).toBe(bytesToHex(body))
      },
    ),
  )
})

test('configurations agree', () => {
  fc.assert(
    fc.property(configuration, (value) => {
      const bytes = encodeConfiguration(value)
      sameBytes(bytes, wire.Configuration, toConfiguration(value))
      expect(decodeConfiguration(bytes)).toEqual(value)
    }),
  )
})

test('snapshot metadata agrees', () => {
  const metadata = fc.record({
    index: number,
    term: number,
    configuration,
    configurationIndex: number,
    clusterId: hex(32),
    epoch: number,
  })
  fc.assert(
    fc.property(metadata, (value) => {
      const bytes = encodeSnapshotMetadata(value)
      const message = {
        ...value,
        version: 1,
        configuration: toConfiguration(value.configuration),
        clusterId: hexToBytes(value.clusterId),
      }
      sameBytes(bytes, wire.SnapshotMetadata, message)
      expect(decodeSnapshotMetadata(bytes)).toEqual(value)
    }),
  )
})

test('hard state agrees', () => {
  const memory = fc.record({
    member,
    term: number,
    lastLogTerm: number,
    lastLogIndex: number,
    bootCounter: number,
    bootNonce: hex(8),
  })
  const state = fc.record({
    term: number,
    votedFor: fc.option(member, { nil: undefined }),
    epoch: number,
    floor: fc.option(fc.record({ term: number, index: number }), { nil: undefined }),
    remembered: fc.array(memory, { maxLength: 4 }),
  })
  fc.assert(
    fc.property(state, (value) => {
      const bytes = encodeHardState(value)
      const remembered = value.remembered.map((m) => ({
        ...m,
        member: toMember(m.member),
        bootNonce: hexToBytes(m.bootNonce),
      }))
      sameBytes(bytes, wire.HardState, { ...value, votedFor: value.votedFor && toMember(value.votedFor), remembered })
      expect(decodeHardState(bytes)).toEqual(value)
    }),
  )
})

test('founding record, identity and opening agree', () => {
  const record = fc.record({
    chainId: text,
    genesisHash: hex(32),
    servers: fc.array(server, { maxLength: 4 }),
    clusterId: hex(32),
    stage: fc.constantFrom('promised' as const, 'founded' as const),
    epoch: number,
  })
  const identity = fc.record({ id: text, incarnation: hex(16), bootCounter: number, bootNonce: hex(8) })
  const opening = fc.record({ clusterId: hex(32), epoch: number, leader: member, term: number })
  fc.assert(
    fc.property(record, identity, opening, (founding, who, first) => {
      sameBytes(encodeFoundingRecord(founding), wire.FoundingRecord, {
        ...founding,
        genesisHash: hexToBytes(founding.genesisHash),
        servers: founding.servers.map(toServer),
        clusterId: hexToBytes(founding.clusterId),
        stage: founding.stage === 'promised' ? 1 : 2,
      })
      expect(decodeFoundingRecord(encodeFoundingRecord(founding))).toEqual(founding)
      const identityMessage = { ...who, incarnation: hexToBytes(who.incarnation), bootNonce: hexToBytes(who.bootNonce) }
      sameBytes(encodeIdentity(who), wire.Identity, identityMessage)
      expect(decodeIdentity(encodeIdentity(who))).toEqual(who)
      sameBytes(encodeOpening(first), wire.Opening, {
        clusterId: hexToBytes(first.clusterId),
        epoch: first.epoch,
        leaderId: first.leader.id,
        incarnation: hexToBytes(first.leader.incarnation),
        term: first.term,
      })
      expect(decodeOpening(encodeOpening(first))).toEqual(first)
    }),
  )
})
