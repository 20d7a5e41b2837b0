import { expect, test } from 'vitest'
import { configurationEntry, configurationOf, entries, SteppedNode } from '../support/stepped-node.ts'

test('an append is acknowledged once it is durable, and tells term and vote before', () => {
  const node = new SteppedNode().append('n2', 4, [0, 0], entries(1, 4, 4))
  expect(node.sent('appendResponse')).toEqual([])
  expect(node.writes).toMatchObject([{ entries: [{ index: 1 }, { index: 2 }], hardState: { term: 4 } }])
  expect(node.durable().sent('appendResponse')).toMatchObject([
    { to: 'n2', term: 4, accepted: true, acceptedIndex: 2, durableIndex: 2 },
  ])
})

test('an acknowledgement waits for its entries also when the term is on disk already', () => {
  const node = new SteppedNode().heartbeat('n2', 4).durable().append('n2', 4, [0, 0], entries(1, 4))
  expect(node.sent('appendResponse')).toEqual([])
  expect(node.durable().sent('appendResponse')).toMatchObject([{ accepted: true, acceptedIndex: 1, durableIndex: 1 }])
})

test('an answer that promises nothing new still waits for the term that it names', () => {
  const node = new SteppedNode({ log: [1] }).append('n2', 4, [1, 1], [])
  expect(node.sent('appendResponse')).toEqual([])
  expect(node.durable().sent('appendResponse')).toMatchObject([{ term: 4, accepted: true, durableIndex: 1 }])
})

test('an append is acknowledged no further than it was compared, whatever lies behind', () => {
  const node = new SteppedNode({ log: [1, 1, 2, 2, 2] }).append('n2', 5, [1, 1], entries(2, 1), 5).durable()
  expect(node.sent('appendResponse')).toMatchObject([{ accepted: true, acceptedIndex: 2, durableIndex: 2 }])
  expect(node.terms).toEqual([1, 1, 2, 2, 2])
  expect(node.state.commit).toBe(2)
})

test('a heartbeat commits and acknowledges only what was compared with this leader', () => {
  const node = new SteppedNode({ log: [1, 1, 2, 2, 2] }).heartbeat('n2', 5, 5).durable()
  expect(node.state.commit).toBe(0)
  expect(node.sent('heartbeatResponse')).toMatchObject([{ acceptedIndex: 0, durableIndex: 0 }])
  node.append('n2', 5, [2, 1], []).heartbeat('n2', 5, 5)
  expect(node.state.commit).toBe(2)
  expect(node.sent('heartbeatResponse')).toMatchObject([{ acceptedIndex: 2, durableIndex: 2 }])
})

test('what was compared with one leader says nothing of the next', () => {
  const node = new SteppedNode({ log: [1, 1, 1] }).append('n2', 5, [3, 1], []).durable()
  node.heartbeat('n3', 6, 3).durable()
  expect(node.state.commit).toBe(0)
  expect(node.sent('heartbeatResponse')).toMatchObject([{ acceptedIndex: 0, durableIndex: 0 }])
})

test('a heartbeat acknowledges what was compared only as far as it is durable', () => {
  const node = new SteppedNode()
    .heartbeat('n2', 4)
    .durable()
    .append('n2', 4, [0, 0], entries(1, 4, 4))
  node.sent('heartbeatResponse')
  node.heartbeat('n2', 4)
  expect(node.sent('heartbeatResponse')).toMatchObject([{ acceptedIndex: 2, durableIndex: 0 }])
  node.durable().heartbeat('n2', 4)
  expect(node.sent('heartbeatResponse')).toMatchObject([{ acceptedIndex: 2, durableIndex: 2 }])
})

test('a commit index beyond the own log commits what is there', () => {
  const node = new SteppedNode().append('n2', 4, [0, 0], entries(1, 4, 4), 9)
  expect(node.state.commit).toBe(2)
  expect(node.asked('apply').at(-1)).toMatchObject({ index: 2 })
})

test('an append that follows something else is refused, and nothing changes', () => {
  const node = new SteppedNode({ log: [1, 1, 2, 2] }).heartbeat('n2', 5).durable()
  node.append('n2', 5, [4, 3], entries(5, 5), 5)
  expect(node.sent('appendResponse')).toMatchObject([{ accepted: false, conflictTerm: 2, conflictIndex: 3 }])
  node.append('n2', 5, [7, 3], entries(8, 5), 8)
  expect(node.sent('appendResponse')).toMatchObject([{ accepted: false, conflictTerm: 0, conflictIndex: 5 }])
  expect([node.terms, node.state.commit, node.writes]).toEqual([[1, 1, 2, 2], 0, []])
})

test('a late or doubled append cuts nothing off', () => {
  const node = new SteppedNode().append('n2', 4, [0, 0], entries(1, 4, 4, 4)).durable()
  node.sent('appendResponse')
  node
    .append('n2', 4, [0, 0], entries(1, 4))
    .append('n2', 4, [1, 4], [])
    .append('n2', 4, [0, 0], entries(1, 4, 4))
  expect([node.terms, node.writes]).toEqual([[4, 4, 4], []])
  expect(node.sent('appendResponse').map(({ acceptedIndex }) => acceptedIndex)).toEqual([3, 3, 3])
})

test('what differs is replaced from the first difference on, in one write', () => {
  const node = new SteppedNode({ log: [1, 1, 2, 2, 2] }).append('n2', 5, [1, 1], entries(2, 1, 3))
  expect(node.terms).toEqual([1, 1, 3])
  expect(node.writes).toMatchObject([{ truncateFrom: 3, entries: [{ index: 3, term: 3 }], hardState: { term: 5 } }])
  expect(node.state.log.durableIndex).toBe(2)
  expect(node.durable().state.log.durableIndex).toBe(3)
})

test('an old write that ends after a truncation does not make the new entries durable', () => {
  const node = new SteppedNode().append('n2', 4, [0, 0], entries(1, 4, 4, 4))
  node.append('n3', 5, [1, 4], entries(2, 5, 5))
  expect(node.durable(1).state.log.durableIndex).toBe(1)
  expect(node.sent('appendResponse').filter(({ term }) => term === 5)).toEqual([])
  expect(node.durable().state.log.durableIndex).toBe(3)
})

test('an append that begins below the snapshot is taken from the snapshot on', () => {
  const base = { index: 4, term: 2 }
  const node = new SteppedNode({ base, log: [2] }).append('n2', 5, [1, 1], entries(2, 1, 2, 2, 2, 5), 9)
  expect(node.terms).toEqual([2, 5])
  expect(node.durable().sent('appendResponse')).toMatchObject([{ accepted: true, acceptedIndex: 6, durableIndex: 6 }])
  expect(node.state.commit).toBe(6)
  node.append('n2', 5, [0, 0], entries(1, 1, 1), 9)
  expect(node.sent('appendResponse')).toMatchObject([{ accepted: true, acceptedIndex: 6 }])
  expect(node.terms).toEqual([2, 5])
})

test('the leader of an old term is told the new one, and obeyed in nothing', () => {
  const node = new SteppedNode({ log: [1, 1], hardState: { term: 5 } })
  node.append('n2', 4, [2, 1], entries(3, 4), 3).heartbeat('n2', 4, 2)
  const metadata = { index: 9, term: 4, configuration: configurationOf('n1'), configurationIndex: 0 }
  const chunk = { metadata: { ...metadata, clusterId: '', epoch: 0 }, size: 1, offset: 0, data: new Uint8Array(1) }
  node.receive('n2', { kind: 'snapshotChunk', term: 4, round: 1, ...chunk })
  expect(node.sent('appendResponse')).toMatchObject([{ term: 5, accepted: false }])
  expect(node.sent('heartbeatResponse')).toMatchObject([{ term: 5, acceptedIndex: 0, durableIndex: 0 }])
  expect(node.sent('snapshotChunkResponse')).toMatchObject([{ term: 5, installed: false }])
  expect(node.asked('receiveChunk')).toEqual([])
  expect([node.terms, node.state.commit, node.state.role]).toMatchObject([[1, 1], 0, { leader: undefined }])
})

test('a configuration counts when it is appended, and no more when it is cut off', () => {
  const [four, five] = [configurationOf('n1', 'n2', 'n3', 'n4'), configurationOf('n1', 'n2', 'n3', 'n4', 'n5')]
  const node = new SteppedNode()
  const latest = (): number => node.state.configurations.at(-1)!.configuration.servers.length
  node.append('n2', 4, [0, 0], [configurationEntry(1, 4, four), ...entries(2, 4), configurationEntry(3, 4, five)])
  expect([latest(), node.state.commit]).toEqual([5, 0])
  expect(node.append('n3', 5, [2, 4], entries(3, 5)) && latest()).toBe(4)
  expect(node.append('n2', 6, [0, 0], entries(1, 6)) && latest()).toBe(3)
})

test('entries are applied only so far beyond the own disk', () => {
  const node = new SteppedNode({ limits: { appliedAheadEntries: 2 } })
  node.append('n2', 4, [0, 0], entries(1, 4, 4, 4, 4), 4)
  expect([node.state.commit, node.state.applicable]).toEqual([4, 2])
  expect(node.durable().state.applicable).toBe(4)
})
