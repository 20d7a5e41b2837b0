import { array, assert, infiniteStream, integer, property, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf } from '../support/code-of.ts'
import { FrameReader } from '../../src/protocol/frame-reader.ts'

function framed(message: Uint8Array): Buffer {
  const length: number[] = []
  let rest = message.length
  while (rest >= 0x80) {
    length.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 128)
  }
  return Buffer.concat([Uint8Array.from([...length, rest]), message])
}

test('messages come out as they went in, however the stream is cut', () => {
  assert(
    property(
      array(uint8Array({ maxLength: 400 }), { maxLength: 8 }),
      infiniteStream(integer({ min: 1, max: 300 })),
      (messages, cuts) => {
        const reader = new FrameReader(400)
        const got: Uint8Array[] = []
        let rest: Uint8Array = Buffer.concat(messages.map(framed))
        for (const cut of cuts) {
          if (rest.length === 0) break
          got.push(...reader.push(rest.subarray(0, cut)))
          rest = rest.subarray(cut)
        }
        expect(got.map((frame) => Buffer.from(frame).toString('hex'))).toEqual(
          messages.map((message) => Buffer.from(message).toString('hex')),
        )
        expect(reader.isBetweenFrames).toBe(true)
      },
    ),
  )
})

test('an unfinished message shows its length and keeps the stream from ending', () => {
  const reader = new FrameReader(1000)
  expect(reader.push(framed(new Uint8Array(300)).subarray(0, 1))).toEqual([])
  expect(reader.pendingLength).toBeUndefined()
  expect(reader.isBetweenFrames).toBe(false)
  reader.push(framed(new Uint8Array(300)).subarray(1, 20))
  expect(reader.pendingLength).toBe(300)
  expect(reader.isBetweenFrames).toBe(false)
})

test('a length beyond the limit, or that is none, is refused before anything is kept', async () => {
  expect(await codeOf(() => new FrameReader(10).push(framed(new Uint8Array(11))))).toBe('PEER_MALFORMED')
  expect(await codeOf(() => new FrameReader(10).push(new Uint8Array(6).fill(0xff)))).toBe('PEER_MALFORMED')
  const reader = new FrameReader(10)
  reader.push(new Uint8Array(3).fill(0xff))
  expect(await codeOf(() => reader.push(new Uint8Array(3).fill(0xff)))).toBe('PEER_MALFORMED')
})
