import { expect, test } from 'vitest'
import { healthOf } from '../../../src/devnet/screen/health.ts'

const well = { nodes: 3, healthyNodes: 3, blockTimeMs: 1000, tipAgeMs: 500, alarms: 0 }

test.each([
  ['all there', well, 'HEALTHY'],
  ['one of three missing', { ...well, healthyNodes: 2 }, 'AT RISK'],
  ['one of five missing', { ...well, nodes: 5, healthyNodes: 4 }, 'HEALTHY'],
  ['no block for six slots', { ...well, tipAgeMs: 6000 }, 'HALTED'],
  ['fast blocks and an ordinary failover', { ...well, blockTimeMs: 50, tipAgeMs: 900 }, 'HEALTHY'],
  ['no block yet', { ...well, tipAgeMs: undefined }, 'FORMING'],
  ['an alarm, whatever else', { ...well, tipAgeMs: undefined, alarms: 1 }, 'UNSAFE'],
])('%s', (_what, input, word) => {
  expect(healthOf(input).word).toBe(word)
})
