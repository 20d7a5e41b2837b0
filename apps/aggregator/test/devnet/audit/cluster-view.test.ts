import { expect, test } from 'vitest'
import { ClusterView } from '../../../src/devnet/audit/cluster-view.ts'
import { statusOf } from '../support/documents.ts'

test('a node that answered before the newest block was known is not late', () => {
  const view = new ClusterView()
  view.onStatus('node-1', statusOf({ height: 7 }), 0)
  view.onStatus('node-2', statusOf({ height: 8 }), 50)
  expect(view.tip).toMatchObject({ height: 8, seenAt: 50 })
  expect(view.lag('node-1')).toBe(0)
  view.onStatus('node-1', statusOf({ height: 7 }), 100)
  expect(view.lag('node-1')).toBe(1)
})

test('what was said too long ago is unknown', () => {
  const view = new ClusterView()
  view.onStatus('node-0', statusOf({ node_id: 'node-0', role: 'leader', height: 7 }), 0)
  expect(view.leader(1000)).toEqual({ id: 'node-0', term: 1 })
  expect(view.fresh('node-0', 2000)).toBeUndefined()
  expect(view.leader(2000)).toBeUndefined()
  expect(view.last('node-0')?.height).toBe(7)
})

test('of two that say they lead, the one in the higher term does', () => {
  const view = new ClusterView()
  view.onStatus('node-0', statusOf({ role: 'leader', term: 3 }), 0)
  view.onStatus('node-1', statusOf({ role: 'leader', term: 2 }), 10)
  expect(view.leader(20)).toEqual({ id: 'node-0', term: 3 })
})

test('the oldest log is that of the others which answer', () => {
  const view = new ClusterView()
  view.onStatus('node-0', statusOf({ snapshot_index: 40 }), 0)
  view.onStatus('node-1', statusOf({ snapshot_index: 30 }), 0)
  view.onStatus('node-2', statusOf({ snapshot_index: 10 }), 0)
  expect(view.lowestSnapshot('node-2', 100)).toBe(30)
  view.onSilence('node-1', 'no answer')
  expect(view.lowestSnapshot('node-2', 100)).toBe(40)
})
