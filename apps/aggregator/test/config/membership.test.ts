import { expect, test } from 'vitest'
import { accepted, clusterArgs, errorLines, notedKeys, refusedKeys, warnedKeys } from './load.ts'

const others = 'node-2@10.0.0.2:5001,node-3@10.0.0.3:5001'

test('a sound cluster is taken without a warning', () => {
  expect(refusedKeys({ args: clusterArgs(), purpose: 'start' })).toEqual([])
  expect(warnedKeys({ args: clusterArgs() })).toEqual([])
})

test('raft.enable requires a name, an address and peers, and asks for all three at once', () => {
  expect(refusedKeys({ args: ['--node.aggregator', '--raft.enable'] })).toEqual([
    'raft.node_id',
    'raft.raft_addr',
    'raft.peers',
  ])
  expect(warnedKeys({ args: ['--node.aggregator', '--raft.enable'] })).toEqual([])
})

test.each([
  ['without a name', '10.0.0.1:5001'],
  ['with an empty name', '@10.0.0.1:5001'],
  ['with an impossible name', 'no de@10.0.0.1:5001'],
  ['with a path as name', '../x@10.0.0.1:5001'],
  ['without a port', 'node-2@10.0.0.2'],
  ['without a host', 'node-2@:5001'],
  ['with a port that does not exist', 'node-2@10.0.0.2:70000'],
  ['with port 0', 'node-2@10.0.0.2:0'],
  ['with every interface as address', 'node-2@0.0.0.0:5001'],
  ['with every IPv6 interface as address', 'node-2@[::]:5001'],
  ['with an address that is none', 'node-2@10.0.0.256:5001'],
  ['with IPv6 without brackets', 'node-2@fd00::1:5001'],
  ['with an empty place', `node-2@10.0.0.2:5001,,`],
])('a peer %s is refused', (_name, peers) => {
  expect(new Set(refusedKeys({ args: clusterArgs({ 'raft.peers': peers }) }))).toEqual(new Set(['raft.peers']))
})

test('every malformed peer is named', () => {
  expect(refusedKeys({ args: clusterArgs({ 'raft.peers': `a,b@h,${others}` }) })).toEqual(['raft.peers', 'raft.peers'])
})

test('a name or an address that is listed twice is refused', () => {
  const peers = (second: string): readonly string[] =>
    refusedKeys({ args: clusterArgs({ 'raft.peers': `node-2@10.0.0.2:5001,${second}` }) })
  expect(peers('node-2@10.0.0.3:5001')).toEqual(['raft.peers'])
  expect(peers('node-3@10.0.0.2:5001')).toEqual(['raft.peers'])
  expect(peers('node-2@10.0.0.2:5001')).toEqual(['raft.peers'])
})

test('two spellings of one address are one address', () => {
  const peers = 'a@[fd00::1]:5001,b@[fd00:0:0:0:0:0:0:1]:5001'
  expect(refusedKeys({ args: clusterArgs({ 'raft.peers': peers }) })).toEqual(['raft.peers'])
  expect(refusedKeys({ args: clusterArgs({ 'raft.peers': 'a@Host:5001,b@host:5001' }) })).toEqual(['raft.peers'])
})

test('when peers name this node, that is its address, wherever it listens', () => {
  const args = clusterArgs({ 'raft.raft_addr': '0.0.0.0:5001' })
  expect(accepted({ args }).raft.advertisedAddress).toBe('10.0.0.1:5001')
})

test('when they do not, it is advertise_addr, else raft_addr', () => {
  const listening = clusterArgs({ 'raft.peers': others })
  const advertising = clusterArgs({ 'raft.peers': others, 'raft.advertise_addr': 'node-1.internal:6001' })
  expect(accepted({ args: listening }).raft.advertisedAddress).toBe('10.0.0.1:5001')
  expect(accepted({ args: advertising }).raft.advertisedAddress).toBe('node-1.internal:6001')
})

test('both ways of naming this node give the same voters', () => {
  const named = accepted({ args: clusterArgs() }).raft.voters
  expect(accepted({ args: clusterArgs({ 'raft.peers': others }) }).raft.voters).toEqual(named)
  expect(named).toHaveLength(3)
})

test.each(['0.0.0.0:5001', '[::]:5001', ':5001'])('%s that nobody can dial is refused', (address) => {
  const changes = { 'raft.raft_addr': address, 'raft.peers': others }
  expect(refusedKeys({ args: clusterArgs(changes) })).toEqual(['raft.raft_addr'])
  expect(refusedKeys({ args: clusterArgs({ ...changes, 'raft.advertise_addr': '10.0.0.1:5001' }) })).toEqual([])
})

test('an advertised address that nobody can dial is refused', () => {
  for (const address of ['0.0.0.0:5001', ':5001', '10.0.0.1:0']) {
    const changes = { 'raft.peers': others, 'raft.advertise_addr': address }
    expect(refusedKeys({ args: clusterArgs(changes) })).toEqual(['raft.advertise_addr'])
  }
})

test('port 0 is refused for Raft', () => {
  expect(refusedKeys({ args: clusterArgs({ 'raft.raft_addr': '10.0.0.1:0' }) })).toEqual(['raft.raft_addr'])
})

test('two different addresses for this node are refused', () => {
  expect(refusedKeys({ args: clusterArgs({ 'raft.advertise_addr': '10.9.9.9:5001' }) })).toEqual([
    'raft.advertise_addr',
  ])
  expect(refusedKeys({ args: clusterArgs({ 'raft.advertise_addr': '10.0.0.1:5001' }) })).toEqual([])
})

test('a peer with the address of this node and another name is refused', () => {
  const peers = 'node-x@10.0.0.1:5001,node-2@10.0.0.2:5001'
  expect(refusedKeys({ args: clusterArgs({ 'raft.peers': peers }) })).toEqual(['raft.peers'])
})

test('an even number of voters, this node included, is warned of', () => {
  expect(warnedKeys({ args: clusterArgs({ 'raft.peers': 'node-2@10.0.0.2:5001' }) })).toEqual(['raft.peers'])
  expect(warnedKeys({ args: clusterArgs({ 'raft.peers': others }) })).toEqual([])
  expect(notedKeys({ args: clusterArgs({ 'raft.peers': 'node-1@10.0.0.1:5001' }) })).toContain('raft.peers')
})

test('a cluster without p2p peers is warned of', () => {
  expect(warnedKeys({ args: clusterArgs({ 'p2p.peers': undefined }) })).toEqual(['p2p.peers'])
})

test('a loopback address among others is warned of, a cluster on one host is not', () => {
  const mixed = 'node-1@127.0.0.1:5001,node-2@10.0.0.2:5001,node-3@10.0.0.3:5001'
  const local = 'node-1@127.0.0.1:5001,node-2@127.0.0.1:5002,node-3@localhost:5003'
  expect(warnedKeys({ args: clusterArgs({ 'raft.peers': mixed }) })).toEqual(['raft.peers'])
  expect(warnedKeys({ args: clusterArgs({ 'raft.peers': local, 'raft.raft_addr': '127.0.0.1:5001' }) })).toEqual([])
})

test('peers without raft.enable are warned of: this node would produce alone', () => {
  expect(warnedKeys({ args: clusterArgs({ 'raft.enable': 'false' }) })).toEqual(['raft.peers', 'raft.bootstrap'])
})

test('node.aggregator without Raft is a cluster of one voter', () => {
  const { raft } = accepted({ args: ['--node.aggregator'], purpose: 'start' })
  expect(raft.enable).toBe(false)
  expect(raft.voters).toEqual([{ id: raft.nodeId, address: raft.advertisedAddress }])
})

test('raft.enable makes an aggregator unless that is denied', () => {
  expect(accepted({ args: clusterArgs({ 'node.aggregator': undefined }) }).node.aggregator).toBe(true)
  expect(refusedKeys({ args: clusterArgs({ 'node.aggregator': 'false' }) })).toEqual(['node.aggregator'])
})

test('start without anything to run is refused, other commands are not', () => {
  expect(refusedKeys({ purpose: 'start' })).toEqual(['node.aggregator'])
  expect(refusedKeys({ purpose: 'other' })).toEqual([])
})

test('one mistake gives one error', () => {
  const lines = errorLines({ args: clusterArgs({ 'raft.node_id': 'no de' }) })
  expect(lines).toEqual([expect.stringMatching(/^raft\.node_id \(--raft\.node_id\): ".*; /)])
})

test('the notes of a check name plain TCP, a missing bootstrap and a mapped port', () => {
  const args = clusterArgs({ 'raft.bootstrap': undefined, 'raft.raft_addr': '0.0.0.0:9000' })
  expect(notedKeys({ args })).toEqual(['raft.heartbeat_timeout', 'raft.raft_addr', 'raft.raft_addr', 'raft.bootstrap'])
})
