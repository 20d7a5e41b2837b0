import type { Configuration, SnapshotMetadata } from 'raft-core'
import { expect, test } from 'vitest'
import { configurationEntry, configurationOf, entries, SteppedNode } from '../support/stepped-node.ts'

const three = configurationOf('n1', 'n2', 'n3')
const four = configurationOf('n1', 'n2', 'n3', 'n4')
const five = configurationOf('n1', 'n2', 'n3', 'n4', 'n5')

const at = (
  index: number,
  term: number,
  configuration: Configuration = three,
  configurationIndex = 0,
): SnapshotMetadata => ({
  index,
  term,
  configuration,
  configurationIndex,
  clusterId: 'c1',
  epoch: 0,
})

const take = (node: SteppedNode, metadata: SnapshotMetadata, compactTo = metadata.index): SteppedNode =>
  node.input({ kind: 'snapshotTaken', metadata, compactTo })

const receive = (node: SteppedNode, metadata: SnapshotMetadata): SteppedNode =>
  node.input({ kind: 'snapshotReceived', metadata, term: 9 })

const sizes = (node: SteppedNode): readonly (readonly [number, number])[] =>
  node.state.configurations.map(({ index, configuration }) => [index, configuration.servers.length])

test('a snapshot lets go of the log before the trailing entries, of what is durable alone', () => {
  const node = new SteppedNode().append('n2', 3, [0, 0], entries(1, 3, 3, 3), 3).durable()
  node.append('n2', 3, [3, 3], entries(4, 3, 3), 5)
  take(node, at(5, 3))
  expect(node.asked('compact')).toMatchObject([{ position: { index: 3, term: 3 } }])
  expect([node.state.log.base.index, node.state.snapshot.index]).toEqual([3, 5])
  expect(
    take(new SteppedNode().append('n2', 3, [0, 0], entries(1, 3, 3, 3), 3).durable(), at(3, 3), 1).state.log.base,
  ).toEqual({ index: 1, term: 3 })
})

test('nothing is compacted beyond the snapshot, and an older snapshot changes nothing', () => {
  const node = new SteppedNode().append('n2', 3, [0, 0], entries(1, 3, 3, 3), 3).durable()
  take(node, at(2, 3), 3)
  expect(node.asked('compact')).toMatchObject([{ position: { index: 2 } }])
  take(node, at(1, 3))
  expect([node.asked('compact'), node.state.snapshot.index]).toEqual([[], 2])
})

test('the configuration in force at the snapshot stays known, and so do the later ones', () => {
  const list = [
    configurationEntry(1, 3, four),
    ...entries(2, 3, 3),
    configurationEntry(4, 3, five),
    ...entries(5, 3, 3),
  ]
  const node = new SteppedNode().append('n2', 3, [0, 0], list, 6).durable()
  expect(sizes(take(node, at(3, 3, four, 1)))).toEqual([
    [1, 4],
    [4, 5],
  ])
  expect(sizes(take(node, at(5, 3, five, 4)))).toEqual([[4, 5]])
  expect(sizes(take(node, at(6, 3, five, 4)))).toEqual([[4, 5]])
})

test('a snapshot beyond the log replaces it whole, by a write of its own', () => {
  const node = new SteppedNode({ log: [1, 1, 2] })
  receive(node, at(9, 5, four, 7))
  expect(node.writes).toMatchObject([{ reset: { index: 9, term: 5 }, entries: [], hardState: undefined }])
  expect(node.asked('restore')).toMatchObject([{ metadata: { index: 9 } }])
  const { log, commit, applicable, snapshot } = node.state
  expect([log.base, log.lastIndex, log.durableIndex]).toEqual([{ index: 9, term: 5 }, 9, 3])
  expect([commit, applicable, snapshot]).toEqual([9, 9, { index: 9, term: 5 }])
  expect(sizes(node)).toEqual([[7, 4]])
  expect(node.durable().state.log.durableIndex).toBe(9)
})

test('a log that has another entry there is replaced, and with it the configurations behind', () => {
  const node = new SteppedNode().append('n2', 3, [0, 0], [...entries(1, 3, 3, 3), configurationEntry(4, 3, five)])
  receive(node.durable(), at(2, 5, four, 1))
  expect([node.terms, sizes(node)]).toEqual([[], [[1, 4]]])
})

test('a log that has the last entry keeps what is behind it, acknowledged as it may be', () => {
  const node = new SteppedNode().append('n2', 3, [0, 0], [...entries(1, 3, 3, 3), configurationEntry(4, 3, five)])
  receive(node.durable(), at(2, 3, four, 1))
  expect([node.terms, node.writes, node.state.commit]).toEqual([[3, 3, 3, 3], [], 2])
  expect(node.state.log.durableIndex).toBe(4)
  expect(sizes(node)).toEqual([
    [1, 4],
    [4, 5],
  ])
  expect(node.asked('restore')).toHaveLength(1)
})

test('a snapshot of what is committed here already changes nothing', () => {
  const node = new SteppedNode().append('n2', 3, [0, 0], entries(1, 3, 3, 3), 3).durable()
  receive(receive(node, at(3, 3)), at(2, 3))
  expect([node.asked('restore'), node.writes, node.state.snapshot.index, node.state.commit]).toEqual([[], [], 0, 3])
})

test('an old write that ends after a reset makes nothing durable', () => {
  const node = new SteppedNode().append('n2', 3, [0, 0], entries(1, ...Array.from({ length: 20 }, () => 3)))
  receive(node, at(9, 5))
  node.append('n2', 5, [9, 5], entries(10, 5, 5))
  expect(node.durable(1).state.log.durableIndex).toBeLessThan(9)
  expect(node.durable(1).state.log.durableIndex).toBe(9)
  expect(node.durable().state.log.durableIndex).toBe(11)
})

test('appends go on behind an installed snapshot, which a heartbeat acknowledges once it is durable', () => {
  const node = new SteppedNode().heartbeat('n2', 5).durable()
  receive(node, at(9, 5))
  node.sent('heartbeatResponse')
  node.heartbeat('n2', 5)
  expect(node.sent('heartbeatResponse')).toMatchObject([{ acceptedIndex: 9, durableIndex: 0 }])
  node.durable().heartbeat('n2', 5)
  expect(node.sent('heartbeatResponse')).toMatchObject([{ acceptedIndex: 9, durableIndex: 9 }])
  node.append('n2', 5, [9, 5], entries(10, 5), 10).durable()
  expect(node.sent('appendResponse')).toMatchObject([{ accepted: true, durableIndex: 10 }])
  expect(node.state.commit).toBe(10)
})

test('a chunk of the leader is handed on, and proves that it lives', () => {
  const node = new SteppedNode().heartbeat('n2', 5).durable()
  const until = (): number => (node.state.role.kind === 'follower' ? node.state.role.campaignAt : 0)
  node.now = until() - 1
  const before = until()
  const rest = { metadata: at(9, 5), size: 1, offset: 0, data: new Uint8Array(1), round: 2 }
  node.receive('n2', { kind: 'snapshotChunk', term: 5, ...rest })
  expect(node.asked('receiveChunk')).toMatchObject([{ from: { id: 'n2' }, chunk: { offset: 0 } }])
  expect(until()).toBeGreaterThan(before)
})
