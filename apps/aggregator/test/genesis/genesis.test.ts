import { expect, test } from 'vitest'
import { genesisHash, parseGenesis, renderGenesis } from '../../src/genesis/genesis.ts'
import { formatRfc3339, parseRfc3339 } from '../../src/genesis/rfc3339.ts'

const genesis = {
  chainId: 'chain-1',
  startTimeNs: 1_790_000_000_123_456_789n,
  initialHeight: 1,
  proposerAddress: new Uint8Array(32).fill(7),
  daStartHeight: 0,
  daEpochForcedInclusion: 50,
}

test('a genesis reads back as it was written, to the nanosecond', () => {
  expect(parseGenesis(renderGenesis(genesis), 'genesis.json')).toEqual(genesis)
})

test('its hash does not depend on spacing or time zone, but on every field', () => {
  const text = renderGenesis(genesis)
  const anHourOn = formatRfc3339(genesis.startTimeNs + 3_600_000_000_000n).replace('Z', '+01:00')
  const sameTime = text.replace(formatRfc3339(genesis.startTimeNs), anHourOn)
  expect(sameTime).not.toBe(text)
  expect(genesisHash(parseGenesis(sameTime.replaceAll('\n', ' '), ''))).toBe(genesisHash(genesis))
  expect(genesisHash({ ...genesis, initialHeight: 2 })).not.toBe(genesisHash(genesis))
})

test.each([
  ['not JSON', '{'],
  ['no object', '[]'],
  ['an empty chain id', renderGenesis({ ...genesis, chainId: '' })],
  ['a height of 0', renderGenesis({ ...genesis, initialHeight: 0 })],
  ['a proposer of 31 bytes', renderGenesis({ ...genesis, proposerAddress: new Uint8Array(31) })],
  ['a time that is none', renderGenesis(genesis).replace(/"start_time": "[^"]+"/, '"start_time": "yesterday"')],
])('%s is refused, naming the file', (_name, text) => {
  expect(() => parseGenesis(text, '/home/config/genesis.json')).toThrow(
    expect.objectContaining({ code: 'GENESIS_INVALID', message: expect.stringContaining('/home/config/genesis.json') }),
  )
})

test('times keep nine digits', () => {
  expect(parseRfc3339('1970-01-01T00:00:01.5Z')).toBe(1_500_000_000n)
  expect(formatRfc3339(1_500_000_001n)).toBe('1970-01-01T00:00:01.500000001Z')
})
