import * as fc from 'fast-check'
import { type AppendRequest, encodeEntry, type Envelope, type Heartbeat, InvariantError } from 'raft-core'
import { decodeEnvelope, decodeHello, encodeEnvelope, encodeHello, helloOf, TransportError } from 'raft-transport-tcp'
import { expect, test } from 'vitest'
import { envelope } from './support/arbitrary.ts'
import { selfOf } from './support/node.ts'

/** Without the difference between a Uint8Array and a Buffer. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}

const heartbeat: Heartbeat = { kind: 'heartbeat', term: 1, round: 2, commit: 3, sentIndex: 4 }

const append: AppendRequest = {
  kind: 'appendRequest',
  term: 7,
  previousIndex: 4,
  previousTerm: 6,
  commit: 3,
  round: 9,
  entries: [encodeEntry(5, 7, 'command', Uint8Array.of(1, 2, 3))],
  remembered: [],
}

const saying = (message: Envelope['message']): Envelope => ({
  version: 1,
  clusterId: 'cc'.repeat(32),
  epoch: 2,
  from: selfOf('a').member,
  message,
})

test('every message reads back as it was written, up to 2^53', () => {
  fc.assert(
    fc.property(envelope, (value) => {
      expect(plain(decodeEnvelope(encodeEnvelope(value)))).toEqual(plain(value))
    }),
    { numRuns: 500 },
  )
})

test('the bytes of an envelope stay as they are', () => {
  expect(Buffer.from(encodeEnvelope(saying(heartbeat))).toString('hex')).toMatchInlineSnapshot(
    `"08011220cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc180222150a0161121061616161616161616161616161616161a201080801100218032004"`,
  )
  expect(Buffer.from(encodeEnvelope(saying(append))).toString('hex')).toMatchInlineSnapshot(
    `"08011220cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc180222150a016112106161616161616161616161616161616192011d080710041806200328093211100d2eab8d4f1007180520012a03010203"`,
  )
})

test('the bytes of a hello stay as they are', () => {
  const bytes = encodeHello(helloOf(selfOf('a', { epoch: 1, bootCounter: 300 }), 'b'))
  expect(Buffer.from(bytes).toString('hex')).toMatchInlineSnapshot(
    `"080110011a20cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc20012a150a016112106161616161616161616161616161616130ac023a08aaaaaaaaaaaaaaaa420162"`,
  )
  expect(decodeHello(bytes)).toMatchObject({ toId: 'b', bootCounter: 300, member: { id: 'a' } })
})

test('entries travel as the record that the leader encoded, and arrive as views of what came', () => {
  const bytes = encodeEnvelope(saying(append))
  const { message } = decodeEnvelope(bytes)
  const [entry] = (message as AppendRequest).entries
  expect(Buffer.from(entry!.record).equals(append.entries[0]!.record)).toBe(true)
  expect(entry!.record.buffer).toBe(bytes.buffer)
})

test('a damaged entry is refused with the message that carries it', () => {
  const bytes = encodeEnvelope(saying(append))
  bytes[bytes.length - 1]! ^= 1
  expect(() => decodeEnvelope(bytes)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }))
})

test('bytes behind an entry, inside its record, are refused', () => {
  const entry = append.entries[0]!
  const longer = { ...append, entries: [{ ...entry, record: Buffer.concat([entry.record, Uint8Array.of(0)]) }] }
  expect(() => decodeEnvelope(encodeEnvelope(saying(longer)))).toThrow(
    expect.objectContaining({ code: 'MESSAGE_INVALID' }),
  )
})

test('a number above 2^53 is refused, not rounded', () => {
  const term = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]
  const bytesOf = Uint8Array.from([0x22, 3, 0x0a, 1, 97, 0xb2, 0x01, 1 + term.length, 0x08, ...term])
  expect(() => decodeEnvelope(bytesOf)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }))
})

test.each([2n as unknown as number, -1, 1.5, 2 ** 53])('%s is no number to send', (term) => {
  expect(() => encodeEnvelope(saying({ ...heartbeat, term }))).toThrow(InvariantError)
})

test('an id that is no hex is not sent cut short', () => {
  const from = { id: 'a', incarnation: 'xyz' }
  expect(() => encodeEnvelope({ ...saying(heartbeat), from })).toThrow(InvariantError)
})

test.each([
  ['an incarnation of 3 bytes', { member: { id: 'a', incarnation: 'aabbcc' } }],
  ['a cluster id of 31 bytes', { clusterId: 'cc'.repeat(31) }],
  ['a nonce of 9 bytes', { bootNonce: 'aa'.repeat(9) }],
  ['no id', { member: { id: '', incarnation: 'aa'.repeat(16) } }],
  ['no incarnation', { member: { id: 'a', incarnation: '' } }],
])('a hello with %s is none', (_name, more) => {
  expect(() => decodeHello(encodeHello(helloOf(selfOf('a', more), '')))).toThrow(
    expect.objectContaining({ code: 'MESSAGE_INVALID' }),
  )
})

test('few bytes cannot become many objects', () => {
  const field = (number: number, body: Buffer): Buffer => {
    const prefix = [(number << 3) | 2, ...varint(body.length)]
    return Buffer.concat([
      Buffer.from(number > 15 ? [...varint((number << 3) | 2), ...varint(body.length)] : prefix),
      body,
    ])
  }
  const emptyFields = (number: number, count: number): Buffer =>
    Buffer.alloc(count * 2, Buffer.from([(number << 3) | 2, 0]))
  const sender = field(4, field(1, Buffer.from('a')))
  for (const body of [
    field(18, emptyFields(6, 1_000_000)), // entries
    field(18, emptyFields(7, 1_000_000)), // what is remembered of peers
    field(23, field(2, field(4, emptyFields(1, 1_000_000)))), // servers of a snapshot
    field(25, field(7, emptyFields(1, 1_000_000))), // servers of an applicant
  ]) {
    expect(() => decodeEnvelope(Buffer.concat([sender, body]))).toThrow(
      expect.objectContaining({ message: expect.stringContaining('more than') as string, code: 'MESSAGE_INVALID' }),
    )
  }
})

test('a large payload and many entries are not mistaken for many objects', () => {
  const payload = new Uint8Array(8 * 1024 * 1024)
  const entries = Array.from({ length: 80_000 }, (_, i) => encodeEntry(i + 1, 1, 'command', new Uint8Array(0)))
  for (const message of [{ kind: 'application', channel: 'x', payload } as const, { ...append, entries }]) {
    expect(decodeEnvelope(encodeEnvelope(saying(message))).message.kind).toBe(message.kind)
  }
})

test('whatever bytes come, the answer is a message or a coded error', () => {
  const check = (input: Uint8Array): void => {
    for (const decode of [decodeEnvelope, decodeHello]) {
      try {
        decode(input)
      } catch (error) {
        expect(error).toBeInstanceOf(TransportError)
      }
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 2000 })
  fc.assert(
    fc.property(envelope, fc.nat(), fc.nat({ max: 255 }), (value, at, byte) => {
      const encoded = Uint8Array.from(encodeEnvelope(value))
      encoded[at % encoded.length] = byte
      check(encoded)
      check(encoded.subarray(0, at % encoded.length))
    }),
    { numRuns: 1000 },
  )
  check(new Uint8Array(1_000_000).fill(0x0b)) // groups in groups
})

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
}
