import { expect, test } from 'vitest'
import { allKeys, allSections } from '../../src/config/keys/all-keys.ts'
import type { KeySpec } from '../../src/config/keys/key-spec.ts'
import { editDistance, nearestKey } from '../../src/config/nearest.ts'
import { load, refusedKeys, warnedKeys } from './load.ts'

/** Everything that ev-node recognises, as `ev-node.md` 2.2 lists it. */
const evNodeKeys: Readonly<Record<string, string>> = {
  '': 'home db_path clear_cache',
  node: `aggregator promotable based_sequencer light block_time max_pending_headers_and_data lazy_mode lazy_block_interval
    scrape_interval catchup_timeout readiness_window_seconds readiness_max_blocks_behind`,
  raft: `enable node_id raft_addr raft_dir bootstrap peers snap_count send_timeout heartbeat_timeout leader_lease_timeout
    election_timeout snapshot_threshold trailing_logs`,
  p2p: 'listen_address peers blocked_peers allowed_peers disable_connection_gater',
  rpc: 'address enable_da_visualization',
  da: `address auth_token submit_options namespace data_namespace forced_inclusion_namespace signing_addresses block_time
    mempool_ttl max_submit_attempts request_timeout batching_strategy batch_size_threshold batch_max_delay batch_min_items
    start_height`,
  signer: `signer_type signer_path passphrase_file kms.provider kms.aws.key_id kms.aws.region kms.aws.profile
    kms.aws.timeout kms.aws.max_retries kms.gcp.key_name kms.gcp.credentials_file kms.gcp.timeout kms.gcp.max_retries`,
  instrumentation: `prometheus prometheus_listen_addr max_open_connections namespace pprof pprof_listen_addr tracing
    tracing_endpoint tracing_service_name tracing_sample_rate`,
  log: 'level format trace',
  pruning: 'pruning_mode pruning_keep_recent pruning_interval',
}

test('every key of ev-node is recognised', () => {
  const known = new Set(allKeys.map((spec) => spec.key))
  const missing = Object.entries(evNodeKeys)
    .flatMap(([section, words]) => words.split(/\s+/).map((word) => (section === '' ? word : `${section}.${word}`)))
    .filter((key) => !known.has(key))
  expect(missing).toEqual([])
})

test('a key stands in its section under its own name, with its unit last', () => {
  for (const { name, keys } of allSections) {
    for (const [property, spec] of Object.entries(keys)) {
      const words = name === '' ? spec.key : spec.key.slice(name.length + 1)
      expect(spec.key).toBe(name === '' ? words : `${name}.${words}`)
      expect(property).toBe(propertyOf(words, spec))
    }
  }
})

test('every default can be read, and set without a warning', () => {
  for (const spec of allKeys.filter((candidate) => candidate.kind !== 'path')) {
    const args = [`--${spec.key}=${spec.default}`]
    expect([spec.key, refusedKeys({ args }), warnedKeys({ args })]).toEqual([spec.key, [], []])
  }
})

test('a key that has no effect here warns when it is set off its default', () => {
  const args = ['--da.address=http://localhost:7980', '--node.light', '--pruning.pruning_mode=all', '--log.trace']
  expect(warnedKeys({ args })).toEqual(['node.light', 'log.trace', 'da.address', 'pruning.pruning_mode'])
  expect(load({ args }).ok).toBe(true)
})

test('a key without effect must still have a value that makes sense', () => {
  expect(refusedKeys({ args: ['--da.block_time=soon', '--signer.kms.aws.max_retries=-1'] })).toEqual([
    'signer.kms.aws.max_retries',
    'da.block_time',
  ])
})

test('what would be unsafe to ignore is refused', () => {
  expect(refusedKeys({ args: ['--raft.tls_cert_file=c.pem', '--signer.signer_type=kms'] })).toEqual([
    'signer.signer_type',
    'raft.tls_cert_file',
  ])
})

test('a secret is never shown', () => {
  const result = load({ args: ['--da.auth_token=hunter2', '--evnode.da.auth_token=hunter3'] })
  expect(JSON.stringify(result.ok ? [] : result.errors)).not.toContain('hunter')
})

test.each([
  ['raft.nodeid', 'raft.node_id'],
  ['node_id', 'raft.node_id'],
  ['raft.node-id', 'raft.node_id'],
  ['p2p.peer', 'p2p.peers'],
  ['RAFT.PEERS', 'raft.peers'],
  ['rpc.adress', 'rpc.address'],
  ['heartbeat', 'raft.heartbeat_timeout'],
  ['node.blocktime', 'node.block_time'],
])('somebody who writes %s means %s', (written, meant) => {
  expect(nearestKey(written)).toBe(meant)
})

test('the distance counts single edits', () => {
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('kitten', 'sitting')).toBe(3)
  expect(editDistance('same', 'same')).toBe(0)
})

function propertyOf(words: string, spec: KeySpec): string {
  const name = words.replace(/[._]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  if (spec.kind === 'duration') return `${name}Ms`
  return spec.kind === 'bytes' && !name.endsWith('Bytes') ? `${name}Bytes` : name
}
