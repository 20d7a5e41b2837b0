import { expect, test } from 'vitest'
import { variableOf } from '../../src/config/index.ts'
import { allKeys } from '../../src/config/keys/all-keys.ts'
import { accepted, errorLines, refusedKeys } from './load.ts'

test('a key is a variable in capitals', () => {
  const env = { AGGREGATOR_RAFT_NODE_ID: 'n1', AGGREGATOR_HOME: '/data', AGGREGATOR_NODE_BLOCK_TIME: '250ms' }
  const config = accepted({ env })
  expect([config.raft.nodeId, config.home, config.node.blockTimeMs]).toEqual(['n1', '/data', 250])
})

test('no two keys share a variable', () => {
  expect(new Set(allKeys.map((spec) => variableOf(spec.key))).size).toBe(allKeys.length)
})

test('an empty variable is one that is not set', () => {
  expect(accepted({ env: { AGGREGATOR_NODE_BLOCK_TIME: '' } }).node.blockTimeMs).toBe(1000)
})

test('a mistyped variable is an error that names the nearest', () => {
  expect(errorLines({ env: { AGGREGATOR_RAFT_NODEID: 'n1' } })).toEqual([
    expect.stringContaining('AGGREGATOR_RAFT_NODE_ID?'),
  ])
})

test('variables that Kubernetes makes for a service named aggregator are left alone', () => {
  const env = {
    AGGREGATOR_SERVICE_HOST: '10.0.0.1',
    AGGREGATOR_SERVICE_PORT: '7331',
    AGGREGATOR_SERVICE_PORT_RPC: '7331',
    AGGREGATOR_PORT: 'tcp://10.0.0.1:7331',
    AGGREGATOR_PORT_7331_TCP: 'tcp://10.0.0.1:7331',
    AGGREGATOR_PORT_7331_TCP_ADDR: '10.0.0.1',
    AGGREGATOR_RPC_SERVICE_HOST: '10.0.0.1',
    AGGREGATOR_RPC_PORT_7331_TCP_PROTO: 'tcp',
  }
  expect(refusedKeys({ env })).toEqual([])
})

test('a made-up port is not mistaken for one of them', () => {
  expect(refusedKeys({ env: { AGGREGATOR_RAFT_PORT: '5001' } })).toEqual(['AGGREGATOR_RAFT_PORT'])
})

test('other variables are none of our business', () => {
  expect(refusedKeys({ env: { PATH: '/bin', EVNODE_RAFT_NODEID: 'x', RAFT_NODE_ID: 'x' } })).toEqual([])
})
