import { expect, test } from 'vitest'
import { CompactionPolicy } from '../../src/driver/compaction-policy.ts'
import { entry } from '../support/stepped-node.ts'

const options = { thresholdEntries: 10, trailingEntries: 20, trailingBytes: 2 ** 30, intervalMs: 100 }

test('exactly the trailing entries stay, however far the snapshot is', () => {
  const policy = new CompactionPolicy(options)
  expect(policy.compactTo(100, 100)).toBe(80)
  expect(policy.compactTo(70, 100)).toBe(70)
  expect(policy.compactTo(100, 15)).toBeLessThanOrEqual(0)
  expect(new CompactionPolicy({ ...options, trailingEntries: 0 }).compactTo(100, 100)).toBe(100)
})

test('no more is removed than the application allows', () => {
  const policy = new CompactionPolicy(options)
  policy.limit = 30
  expect(policy.compactTo(100, 100)).toBe(30)
})

test('bytes that trail are limited too: the first limit reached counts', () => {
  const policy = new CompactionPolicy({ ...options, trailingEntries: 1000, trailingBytes: 3 * 2 ** 20 })
  for (let index = 1; index <= 10; index++) {
    policy.recordWrite({ entries: [entry(index, 1, 'command', new Uint8Array(2 ** 20))] })
  }
  const through = policy.compactTo(10, 10)
  expect(through).toBeGreaterThanOrEqual(6)
  expect(through).toBeLessThanOrEqual(7)
  expect(policy.compactTo(4, 10)).toBe(4)
})
