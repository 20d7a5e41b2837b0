import { expect, test } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import {
  decodeQuestion,
  decodeReply,
  encodeItems,
  encodeNotFound,
  encodeQuestion,
} from '../../src/protocol/messages.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

test('requests are the bytes that go-header writes', () => {
  expect(hex(encodeQuestion({ by: 'head' }))).toBe('0408001801')
  expect(hex(encodeQuestion({ by: 'height', from: 300, amount: 64 }))).toBe('0508ac021840')
  expect(hex(encodeQuestion({ by: 'hash', hash: bytes('aabb') }))).toBe('061202aabb1801')
})

test('responses are the bytes that go-header writes', () => {
  expect(hex(encodeItems([bytes('01'), bytes('')]))).toBe('050a01011001021001')
  expect(hex(encodeNotFound())).toBe('021002')
  expect(decodeReply(bytes('0a01011001'))).toEqual({ kind: 'item', body: bytes('01') })
  expect(decodeReply(bytes('1002'))).toEqual({ kind: 'notFound' })
})

test('requests are read as go-header reads them', () => {
  expect(decodeQuestion(bytes('08001801'), 64)).toEqual({ by: 'head' })
  expect(decodeQuestion(bytes('08001805'), 64)).toEqual({ by: 'head' })
  expect(decodeQuestion(bytes('08ac021840'), 64)).toEqual({ by: 'height', from: 300, amount: 64 })
  expect(decodeQuestion(bytes('1202aabb'), 64)).toEqual({ by: 'hash', hash: bytes('aabb') })
  const highest = decodeQuestion(bytes('08ffffffffffffffffff011801'), 64)
  expect(highest).toEqual({ by: 'height', from: Number.MAX_SAFE_INTEGER, amount: 1 })
})

test.each([
  ['nothing', ''],
  ['no height and no hash', '1801'],
  ['no amount', '0801'],
  ['too large an amount', '08011841'],
  ['an amount of 2^64 - 1', '080118ffffffffffffffffff01'],
  ['no protobuf', 'ffff'],
])('a request with %s is invalid', async (_, request) => {
  expect(await codeOf(() => decodeQuestion(bytes(request), 64))).toBe('REQUEST_INVALID')
})

test.each([
  ['no status', '0a0101'],
  ['an unknown status', '1003'],
  ['no protobuf', '0aff'],
])('a response with %s is malformed', async (_, response) => {
  expect(await codeOf(() => decodeReply(bytes(response)))).toBe('PEER_MALFORMED')
})
