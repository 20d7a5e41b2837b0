import * as fc from 'fast-check'
import { encodeEntry, type Envelope, type Message, type Server } from 'raft-core'

const number = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value).toString('hex'))
const text = fc.string({ maxLength: 12 })
const member = fc.record({ id: fc.string({ minLength: 1, maxLength: 12 }), incarnation: hex(16) })
const server: fc.Arbitrary<Server> = fc.record({
  id: text,
  incarnation: hex(16),
  address: text,
  suffrage: fc.constantFrom('voter' as const, 'nonVoter' as const, 'staging' as const),
})
const configuration = fc.record({
  servers: fc.array(server, { maxLength: 3 }),
  outgoing: fc.array(server, { maxLength: 2 }),
})
const bytes = fc.uint8Array({ maxLength: 100 })
const entry = fc
  .tuple(positive, positive, fc.constantFrom('command' as const, 'opening' as const, 'barrier' as const), bytes)
  .map(([index, term, type, payload]) => encodeEntry(index, term, type, payload))
const memory = fc.record({
  member,
  term: number,
  lastLogTerm: number,
  lastLogIndex: number,
  bootCounter: number,
  bootNonce: hex(8),
})
const metadata = fc.record({
  index: number,
  term: number,
  configuration,
  configurationIndex: number,
  clusterId: hex(32),
  epoch: number,
})
const record = fc.record({
  chainId: text,
  genesisHash: hex(32),
  servers: fc.array(server, { maxLength: 3 }),
  clusterId: hex(32),
  stage: fc.constantFrom('promised' as const, 'founded' as const),
  epoch: number,
})
const kind = <Kind extends string>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name)

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    kind: kind('voteRequest'),
    term: number,
    lastLogIndex: number,
    lastLogTerm: number,
    preVote: fc.boolean(),
    transfer: fc.boolean(),
  }),
  fc.record({
    kind: kind('voteResponse'),
    term: number,
    requestTerm: number,
    preVote: fc.boolean(),
    granted: fc.boolean(),
  }),
  fc.record({
    kind: kind('appendRequest'),
    term: number,
    previousIndex: number,
    previousTerm: number,
    commit: number,
    round: number,
    entries: fc.array(entry, { maxLength: 4 }),
    remembered: fc.array(memory, { maxLength: 3 }),
  }),
  fc.record({
    kind: kind('appendResponse'),
    term: number,
    round: number,
    accepted: fc.boolean(),
    acceptedIndex: number,
    durableIndex: number,
    previousIndex: number,
    conflictTerm: number,
    conflictIndex: number,
  }),
  fc.record({ kind: kind('heartbeat'), term: number, round: number, commit: number, sentIndex: number }),
  fc.record({
    kind: kind('heartbeatResponse'),
    term: number,
    round: number,
    sentIndex: number,
    acceptedIndex: number,
    durableIndex: number,
  }),
  fc.record({ kind: kind('timeoutNow'), term: number, lastLogIndex: number }),
  fc.record({
    kind: kind('snapshotChunk'),
    term: number,
    metadata,
    size: number,
    offset: number,
    data: bytes,
    round: number,
  }),
  fc.record({
    kind: kind('snapshotChunkResponse'),
    term: number,
    snapshotIndex: number,
    snapshotTerm: number,
    nextOffset: number,
    installed: fc.boolean(),
    round: number,
  }),
  fc.record({
    kind: kind('identify'),
    chainId: text,
    genesisHash: hex(32),
    peersHash: hex(32),
    stage: fc.constantFrom('empty' as const, 'promised' as const, 'founded' as const, 'waiting' as const),
    address: text,
    record: fc.option(record, { nil: undefined }),
    configuration: fc.option(configuration, { nil: undefined }),
    leaderId: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    answerWanted: fc.boolean(),
    bootCounter: number,
    bootNonce: hex(8),
  }),
  fc.record({ kind: kind('admit'), server, chainId: text, genesisHash: hex(32) }),
  fc.record({ kind: kind('application'), channel: text, payload: bytes }),
)
/** Every kind of message, its numbers up to 2^53. */
export const envelope: fc.Arbitrary<Envelope> = fc.record({
  version: fc.constant(1),
  clusterId: fc.oneof(hex(32), fc.constant('')),
  epoch: number,
  from: member,
  message,
})
