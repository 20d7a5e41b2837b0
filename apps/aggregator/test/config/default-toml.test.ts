import { expect, test } from 'vitest'
import { renderDefaultToml } from '../../src/config/index.ts'
import { accepted, clusterArgs, load } from './load.ts'

test('the file as it is written first changes nothing', () => {
  expect(accepted({ toml: renderDefaultToml() })).toEqual(accepted({}))
})

test('its comments show defaults that may be uncommented', () => {
  const uncommented = renderDefaultToml()
    .split('\n')
    .map((line) => line.replace(/^# (\w+ = (?!""))/, '$1'))
    .join('\n')
  expect(uncommented).toContain('\nheartbeat_timeout = "1s"\n')
  expect(accepted({ toml: uncommented })).toEqual(accepted({}))
})

test('what was set is written, and read back as it was', () => {
  const args = [
    ...clusterArgs({ 'raft.trailing_log_bytes': '64MiB', 'node.block_time': '1m30s', 'kv.state_root': 'testapp' }),
    '--raft.raft_dir=relative "quoted" \\ and \u007f',
    '--da.address=http://da',
  ]
  const written = load({ args })
  const toml = renderDefaultToml(written.ok ? written.keys : undefined)
  expect(toml).toContain('\nnode_id = "node-1"\n')
  expect(toml).toContain('\n# snap_count = 3\n')
  expect(accepted({ toml })).toEqual(written.ok && written.config)
})

test('a secret and what only flags may set are not written', () => {
  const written = load({ args: ['--home=/data', '--da.auth_token=hunter2', '--clear_cache'] })
  const toml = renderDefaultToml(written.ok ? written.keys : undefined)
  expect(toml).not.toMatch(/hunter2|auth_token|^home|clear_cache/m)
})
