import * as fc from 'fast-check'
import { encodeEntry, type Envelope, type Message, type Server } from 'raft-core'
import {
  decodeEnvelope,
  encodeEnvelope,
  encodeFrame,
  type Frame,
  FrameReader,
  TransportError,
} from 'raft-transport-tcp'
import { expect, test } from 'vitest'

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
const envelope: fc.Arbitrary<Envelope> = fc.record({
  version: fc.constant(1),
  clusterId: fc.oneof(hex(32), fc.constant('')),
  epoch: number,
  from: member,
  message,
})

/** Without the difference between a Uint8Array and a Buffer. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, field: unknown) =>
      field instanceof Uint8Array
        ? Buffer.from(field).toString('hex')
        : typeof field === 'object' && field !== null && 'type' in field && field.type === 'Buffer' && 'data' in field
          ? Buffer.from(field.data as number[]).toString('hex')
          : field,
    ),
  )

test('every message reads back as it was written, up to 2^53', () => {
  fc.assert(
    fc.property(envelope, (value) => {
      expect(plain(decodeEnvelope(encodeEnvelope(value)))).toEqual(plain(value))
    }),
    { numRuns: 500 },
  )
})

test('a number above 2^53 is refused, not rounded', () => {
  const term = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]
  const bytesOf = Uint8Array.from([0x22, 3, 0x0a, 1, 97, 0xb2, 0x01, 1 + term.length, 0x08, ...term])
  expect(() => decodeEnvelope(bytesOf)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }))
})

test('whatever bytes come, the answer is a message or a coded error', () => {
  const check = (input: Uint8Array): void => {
    try {
      decodeEnvelope(input)
    } catch (error) {
      expect(error).toBeInstanceOf(TransportError)
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 2000 })
  fc.assert(
    fc.property(envelope, fc.nat(), fc.nat({ max: 255 }), (value, at, byte) => {
      const encoded = Uint8Array.from(encodeEnvelope(value))
      encoded[at % encoded.length] = byte
      check(encoded)
    }),
    { numRuns: 1000 },
  )
})

test('frames come out whole and in order however the stream is cut', () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (bodies, cuts) => {
      const stream = Buffer.concat(bodies.map((body) => encodeFrame('envelope', body)))
      const reader = new FrameReader(1000)
      const read: string[] = []
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const length = cuts[turn % cuts.length]!
        for (const frame of reader.push(stream.subarray(at, at + length)))
          read.push(Buffer.from(frame.body).toString('hex'))
        at += length
      }
      expect(read).toEqual(bodies.map((body) => Buffer.from(body).toString('hex')))
    }),
  )
})

test('a flipped bit in a frame is noticed, or the frame never completes', () => {
  const good = encodeFrame('envelope', Uint8Array.of(1, 2, 3, 4))
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = Buffer.from(good)
    bad[bit >> 3]! ^= 1 << (bit & 7)
    let frames: Frame[] = []
    try {
      frames = [...new FrameReader(1000).push(bad)]
    } catch (error) {
      expect(error).toBeInstanceOf(TransportError)
    }
    expect(frames, `bit ${bit}`).toEqual([])
  }
})
