import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/config/index.ts'
import { formatBytes, parseBytes } from '../../src/config/values/bytes.ts'

test.each([
  ['1s', 1000],
  ['500ms', 500],
  ['1m30s', 90_000],
  ['1h', 3_600_000],
  ['1m0s', 60_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['100us', 0.1],
  ['100µs', 0.1],
  ['1ns', 0.000001],
  ['0', 0],
  ['0s', 0],
  ['576h', 576 * 3_600_000],
])('the duration %s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: ms })
})

test.each(['', '1', 's', '1 s', '-1s', '+1s', '1s ', '1d', '1S', '1..5s', '577h', '9'.repeat(400) + 's', '1e3s'])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text).ok).toBe(false)
  },
)

test('a duration is written so that it reads back', () => {
  for (const ms of [0, 1, 50, 999, 1000, 1500, 60_000, 90_000, 3_600_000, 0.25, 1.000001]) {
    expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, value: ms })
  }
  expect([0, 250, 90_000, 120_000, 7_200_000].map(formatDuration)).toEqual(['0s', '250ms', '90s', '2m', '2h'])
})

test.each([
  ['1GiB', 1024 ** 3],
  ['64MiB', 64 * 1024 ** 2],
  ['1.5KiB', 1536],
  ['10MB', 10_000_000],
  ['4096', 4096],
  ['4096B', 4096],
  ['2 KiB', 2048],
  ['0', 0],
])('the size %s is %d bytes', (text, bytes) => {
  expect(parseBytes(text)).toEqual({ ok: true, value: bytes })
})

test.each(['', 'GiB', '-1', '1.5', '1gib', '1PiB', '9999999TiB', '0x10', '1 000'])('%j is no size', (text) => {
  expect(parseBytes(text).ok).toBe(false)
})

test('a size is written so that it reads back', () => {
  for (const bytes of [0, 1, 1000, 1024, 1536, 1024 ** 3, 3 * 1024 ** 4]) {
    expect(parseBytes(formatBytes(bytes))).toEqual({ ok: true, value: bytes })
  }
})
