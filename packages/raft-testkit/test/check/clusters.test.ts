import type { FoundingRecord } from 'raft-core'
import { expect, test } from 'vitest'
import { expectViolation, invariant, node, noDisks } from '../support/observed.ts'

const record = (stage: 'promised' | 'founded', clusterId = ''): FoundingRecord => ({
  chainId: 'c',
  genesisHash: 'aa',
  servers: ['n1', 'n2'].map((id) => ({ id, incarnation: `${id}-a`, address: `${id}:1`, suffrage: 'voter' })),
  clusterId,
  stage,
  epoch: 0,
})

const stored = (id: string, founding: FoundingRecord | undefined) => ({ id, incarnation: `${id}-a`, record: founding })

test('a founding that somebody never promised is seen; a promise that was dropped since is one', () => {
  const check = invariant('one cluster')
  check.onFoundingStored(stored('n1', record('promised')))
  expectViolation(check, () => check.onFoundingStored(stored('n1', record('founded'))))
  check.onFoundingStored(stored('n2', record('promised')))
  check.onFoundingStored(stored('n2', undefined))
  expect(() => check.onFoundingStored(stored('n1', record('founded')))).not.toThrow()
})

test('taking part before the founding is on disk is seen', () => {
  const check = invariant('one cluster')
  expectViolation(check, () => check.afterEvent(node(), noDisks))
  check.onFoundingStored(stored('n1', record('promised')))
  expectViolation(check, () => check.afterEvent(node(), noDisks))
  check.onFoundingStored(stored('n2', record('promised')))
  check.onFoundingStored(stored('n1', record('founded')))
  check.afterEvent(node(), noDisks)
})

test('a second cluster is seen', () => {
  const check = invariant('one cluster')
  for (const clusterId of ['', 'ff']) {
    for (const stage of ['promised', 'founded'] as const) {
      for (const id of ['n1', 'n2']) check.onFoundingStored(stored(id, record(stage, clusterId)))
    }
    if (clusterId === '') check.afterEvent(node(), noDisks)
  }
  const other = node({ id: 'n2' })
  expectViolation(check, () => check.afterEvent({ ...other, state: { ...other.state, clusterId: 'ff' } }, noDisks))
})
