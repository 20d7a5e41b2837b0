import { expect, test } from 'vitest'
import { accepted, load, refusedKeys } from './load.ts'

const all = {
  args: ['--raft.node_id=flag'],
  env: { AGGREGATOR_RAFT_NODE_ID: 'environment' },
  toml: 'raft.node_id = "file"',
}

test('flags win over the environment, the environment over files, files over defaults', () => {
  const { args, env, toml } = all
  expect(accepted({ args, env, toml }).raft.nodeId).toBe('flag')
  expect(accepted({ env, toml }).raft.nodeId).toBe('environment')
  expect(accepted({ toml }).raft.nodeId).toBe('file')
  expect(accepted({}).raft.nodeId).toBe('node-1')
})

test('every key says where its value comes from', () => {
  const source = (world: Parameters<typeof load>[0]): unknown => {
    const result = load(world)
    return result.ok && result.keys.get('raft.node_id')!.source
  }
  const { args, env, toml } = all
  expect(source({ args, env, toml })).toEqual({ kind: 'flag', label: '--raft.node_id' })
  expect(source({ env, toml })).toEqual({ kind: 'environment', label: 'AGGREGATOR_RAFT_NODE_ID' })
  expect(source({ toml })).toEqual({ kind: 'file', label: '/home/op/.aggregator/config/config.toml [raft]' })
  expect(source({})).toEqual({ kind: 'default', label: 'default' })
})

test('a value that is overruled must still be readable', () => {
  expect(refusedKeys({ args: ['--raft.snap_count=3'], toml: 'raft.snap_count = "many"' })).toEqual(['raft.snap_count'])
})

test('a flag may set a value back to its default', () => {
  expect(accepted({ args: ['--node.block_time=1s'], toml: 'node.block_time = "5s"' }).node.blockTimeMs).toBe(1000)
})

test('the configuration cannot be changed', () => {
  const { raft } = accepted({ args: ['--raft.peers=a@h:1'] })
  expect([raft, raft.peers, raft.peers[0], raft.voters].every(Object.isFrozen)).toBe(true)
})
