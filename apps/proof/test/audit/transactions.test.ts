import type { BlockDocument } from 'aggregator'
import { expect, test } from 'vitest'
import { requireOnce } from '../../src/audit/transactions.ts'

const chain = [['t1'], ['t2', 't3'], ['t3']].map((hashes) => ({
  txs: hashes.map((hash) => ({ hash, data: '' })),
})) as unknown as readonly BlockDocument[]

const taken = (hash: string): { hash: string; node: string; key: string; value: string } => ({
  hash,
  node: 'node-0',
  key: hash,
  value: '',
})

test('what was acknowledged is there once, what was not at most once', () => {
  requireOnce(chain, { acknowledged: [taken('t1'), taken('t2')], unknown: [taken('t9')] })
})

test.each([
  ['lost', { acknowledged: [taken('t9')], unknown: [] }],
  ['doubled', { acknowledged: [taken('t3')], unknown: [] }],
  ['doubled though nobody acknowledged it', { acknowledged: [], unknown: [taken('t3')] }],
])('a transaction that was %s is found', (_name, result) => {
  expect(() => requireOnce(chain, result)).toThrow(expect.objectContaining({ code: 'AUDIT_FAILED' }))
})
