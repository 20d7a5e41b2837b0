import { expect, test } from 'vitest'
import { RestartLimit } from '../../../src/devnet/process/restart-limit.ts'

test('a node that falls at every start is left down, one that falls now and then is not', () => {
  const limit = new RestartLimit()
  expect([0, 1000, 2000].map((at) => limit.allows('node-0', at))).toEqual([true, true, false])
  expect([0, 50_000, 100_000, 150_000].map((at) => limit.allows('node-1', at))).toEqual([true, true, true, true])
})
