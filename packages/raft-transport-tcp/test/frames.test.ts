import * as fc from 'fast-check'
import { encodeFrame, type Frame, FrameReader, preface, TransportError } from 'raft-transport-tcp'
import { expect, test } from 'vitest'

function readAll(reader: FrameReader, bytes: Uint8Array): Frame[] {
  const frames: Frame[] = []
  reader.push(Buffer.from(bytes))
  for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame)
  return frames
}

const hexOf = ({ type, body }: Frame): string => `${type} ${Buffer.from(body).toString('hex')}`

test('frames come out whole and in order however the stream is cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })
  const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 })
  fc.assert(
    fc.property(bodies, cuts, (sent, lengths) => {
      const stream = Buffer.concat([preface, ...sent.map((body) => encodeFrame('envelope', body))])
      const reader = new FrameReader(1000)
      const read: Frame[] = []
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const length = lengths[turn % lengths.length]!
        read.push(...readAll(reader, stream.subarray(at, at + length)))
        at += length
      }
      expect(read.map(hexOf)).toEqual(sent.map((body) => hexOf({ type: 'envelope', body })))
    }),
  )
})

test('the bytes of a frame stay as they are', () => {
  expect(Buffer.from(preface).toString('hex')).toBe('5241465401000000')
  expect(encodeFrame('envelope', Uint8Array.of(1, 2, 3)).toString('hex')).toMatchInlineSnapshot(
    `"0000000421b04e9802010203"`,
  )
  expect(encodeFrame('goodbye', new Uint8Array(0)).toString('hex')).toMatchInlineSnapshot(`"00000001a2681b0205"`)
})

test('a flipped bit is noticed, or the frame never completes', () => {
  const good = encodeFrame('envelope', Uint8Array.of(1, 2, 3, 4))
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = Buffer.from(good)
    bad[bit >> 3]! ^= 1 << (bit & 7)
    const reader = new FrameReader(1000)
    readAll(reader, preface)
    let frames: Frame[] = []
    try {
      frames = readAll(reader, bad)
    } catch (error) {
      expect(error).toBeInstanceOf(TransportError)
    }
    expect(frames, `bit ${bit}`).toEqual([])
  }
})

test('a frame above the limit is refused by its length, before it comes', () => {
  const reader = new FrameReader(1000)
  readAll(reader, preface)
  const header = encodeFrame('envelope', new Uint8Array(1000)).subarray(0, 8)
  expect(() => readAll(reader, header)).toThrow(expect.objectContaining({ code: 'FRAME_TOO_LARGE' }))
})

test('another protocol is refused at its first byte that differs', () => {
  const reader = new FrameReader(1000)
  expect(() => readAll(reader, Buffer.from('R'))).not.toThrow()
  expect(() => readAll(reader, Buffer.from('E'))).toThrow(expect.objectContaining({ code: 'PREFACE_INVALID' }))
})

test('whatever bytes come, the answer is frames or a coded error', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map((body) => encodeFrame('part', body)),
    fc.uint8Array({ maxLength: 60 }).map((body) => encodeFrame('ping', body).subarray(0, 5)),
  )
  fc.assert(
    fc.property(fc.array(chunk), (chunks) => {
      const reader = new FrameReader(200)
      readAll(reader, preface)
      try {
        for (const bytes of chunks) readAll(reader, bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(TransportError)
      }
    }),
    { numRuns: 1000 },
  )
})
