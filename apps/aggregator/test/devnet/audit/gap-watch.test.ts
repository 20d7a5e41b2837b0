import { expect, test } from 'vitest'
import { GapWatch } from '../../../src/devnet/audit/gap-watch.ts'

test('the longest gap counts closed gaps and the one that is open', () => {
  const gap = new GapWatch()
  expect(gap.longestMs(5000)).toBe(0)
  gap.onTip(1, 5000)
  gap.onTip(2, 6000)
  gap.onTip(3, 7600)
  gap.onTip(3, 8000)
  gap.onTip(2, 8100)
  expect(gap.longestMs(8200)).toBe(1600)
  expect(gap.longestMs(9700)).toBe(2100)
})
