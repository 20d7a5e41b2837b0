import { crc32 as zlibCrc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32, decodeEntry, encodeEntry, RaftError } from 'raft-core'

const payload = new TextEncoder().encode('the quick brown fox')

test('a record reads back as the entry that was written', () => {
  const entry = encodeEntry(7, 3, 'command', payload)
  expect(decodeEntry(entry.record)).toEqual(entry)
})

test('a record is found at an offset among others, and its bytes are views', () => {
  const first = encodeEntry(1, 1, 'opening', payload)
  const second = encodeEntry(2, 1, 'barrier', new Uint8Array(0))
  const both = Uint8Array.from([...first.record, ...second.record])
  const decoded = decodeEntry(both, first.record.length)
  expect(decoded).toEqual(second)
  expect(decoded.record.buffer).toBe(both.buffer)
})

test('the checksum is that of zlib', () => {
  for (let length = 0; length < 300; length += 7) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff)
    expect(crc32(bytes)).toBe(zlibCrc32(bytes))
    expect(crc32(bytes.subarray(3), crc32(bytes.subarray(0, 3)))).toBe(zlibCrc32(bytes))
  }
})

test('every flipped bit and every cut is noticed', () => {
  const { record } = encodeEntry(2 ** 40, 2 ** 33, 'command', payload)
  for (let bit = 0; bit < record.length * 8; bit++) {
    const damaged = Uint8Array.from(record)
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
    expect(() => decodeEntry(damaged), `bit ${bit}`).toThrow(RaftError)
  }
  for (let length = 0; length < record.length; length++) {
    expect(() => decodeEntry(record.subarray(0, length)), `length ${length}`).toThrow(RaftError)
  }
})

test('a term or index past 2^53 is refused', () => {
  expect(() => encodeEntry(2 ** 53, 1, 'command', payload)).toThrow('safe integer')
})
