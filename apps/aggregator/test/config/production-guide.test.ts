import { expect, test } from 'vitest'
import { splitConfigArgs } from '../../src/config/index.ts'
import { accepted, load, refusedKeys, warnedKeys } from './load.ts'

const command = `start \
  --node.aggregator \
  --raft.enable \
  --raft.node_id="node-1" \
  --raft.raft_addr="0.0.0.0:5001" \
  --raft.raft_dir="/var/lib/ev-node/raft" \
  --raft.bootstrap=true \
  --raft.peers="node-1@10.0.1.1:5001,node-2@10.0.1.2:5001,node-3@10.0.1.3:5001" \
  --p2p.listen_address="/ip4/0.0.0.0/tcp/26656"`

/** What a shell makes of it. */
const args = command.replaceAll('"', '').split(/\s+/)

test('the example command of the production guide is taken as printed, with warnings only', () => {
  expect(splitConfigArgs(args).rest).toEqual(['start'])
  expect(warnedKeys({ args: args.slice(1), purpose: 'start' })).toEqual(['p2p.peers'])
  const config = accepted({ args, purpose: 'start' })
  expect(config.raft.advertisedAddress).toBe('10.0.1.1:5001')
  expect(config.raft.raftDir).toBe('/var/lib/ev-node/raft')
  expect(config.raft.voters.map((voter) => voter.id)).toEqual(['node-1', 'node-2', 'node-3'])
})

test('its essential flags are taken with the prefix that its table gives them', () => {
  const prefixed = args.map((word) => word.replace(/^--raft\./, '--evnode.raft.'))
  expect(accepted({ args: prefixed })).toEqual(accepted({ args }))
  expect(accepted({ args: args.map((word) => word.replace(/^--/, '--rollkit.')) })).toEqual(accepted({ args }))
})

test.each([
  ['50ms', '250ms'],
  ['100ms', '500ms'],
  ['1s', '500ms'],
])('its timing heartbeat %s with lease %s is taken without a warning', (heartbeat, lease) => {
  const tuned = [...args, `--raft.heartbeat_timeout=${heartbeat}`, `--raft.leader_lease_timeout=${lease}`]
  expect(refusedKeys({ args: tuned })).toEqual([])
  expect(warnedKeys({ args: tuned })).toEqual(['p2p.peers'])
})

test('its defaults are the defaults', () => {
  const { raft, node } = accepted({})
  expect(raft.heartbeatTimeoutMs).toBe(1000)
  expect(raft.leaderLeaseTimeoutMs).toBe(500)
  expect(raft.sendTimeoutMs).toBe(1000)
  expect(raft.electionTimeoutMs).toBe(1000)
  expect(raft.raftDir).toBe('/home/op/.aggregator/raft')
  expect(node.blockTimeMs).toBe(1000)
})

test.each(['[raft]', '[rollkit.raft]', '[evnode.raft]'])('its section of config.toml may be written %s', (section) => {
  const result = load({ toml: `${section}\nnode_id = "node-7"\nheartbeat_timeout = "100ms"\n` })
  expect(result.ok && result.config.raft.nodeId).toBe('node-7')
  expect(result.ok && result.config.raft.heartbeatTimeoutMs).toBe(100)
})
