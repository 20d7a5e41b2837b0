import { expect, test } from 'vitest'
import { KeptSnapshots } from '../../src/node/kept-snapshots.ts'

test('the oldest kept snapshot is named once it is known, and never one that is still on disk', () => {
  const kept = new KeptSnapshots(2)
  // With one more than are kept the newest may not be in place yet, and then the two before it are the kept ones.
  expect([10, 20, 30, 40, 50].map((height) => kept.add(height))).toEqual([undefined, undefined, 10, 20, 30])
})
