import { formatAddress, parseAddress, tcpTransport } from 'raft-transport-tcp'
import { expect, test } from 'vitest'
import { defaults } from './support/node.ts'

test.each([
  ['node-1.example:5001', 'node-1.example', 5001],
  ['127.0.0.1:0', '127.0.0.1', 0],
  [':5001', '', 5001],
  ['[::1]:5001', '::1', 5001],
  ['[fe80::1%eth0]:65535', 'fe80::1%eth0', 65535],
])('%s is an address', (text, host, port) => {
  expect(parseAddress(text)).toEqual({ host, port })
  expect(formatAddress({ host, port })).toBe(text)
})

test.each(['', 'nonsense', '1.2.3.4', 'host:70000', 'host:', '[::1:5', '::1:5', 'a b:1', 'http://host:1', 'host:-1'])(
  '"%s" is none, and a transport says so at once',
  (bindAddress) => {
    expect(() => tcpTransport({ ...defaults, bindAddress })).toThrow(
      expect.objectContaining({ code: 'ADDRESS_INVALID' }),
    )
  },
)

test('limits that cannot be are named, all of them', () => {
  const limits = { queueBytes: 0, pingMs: Number.NaN }
  expect(() => tcpTransport({ ...defaults, limits })).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(/queueBytes is 0; pingMs is NaN/) as string,
    }),
  )
})
