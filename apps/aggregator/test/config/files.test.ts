import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/index.ts'
import { accepted, errorLines, load, refusedKeys, tomlFile, warnedKeys, yamlFile } from './load.ts'

test('every section may stand at the top, under rollkit or under evnode', () => {
  const toml = `
db_path = "blocks"
[node]
block_time = "2s"
[rollkit.raft]
node_id = "n1"
snap_count = 5
[evnode.rpc]
address = "0.0.0.0:80"
`
  const config = accepted({ toml })
  expect(config.dbPath).toBe('/home/op/.aggregator/blocks')
  expect(config.node.blockTimeMs).toBe(2000)
  expect([config.raft.nodeId, config.raft.snapCount]).toEqual(['n1', 5])
  expect(config.rpc.address).toEqual({ host: '0.0.0.0', port: 80 })
})

test("ev-node's own file is read: text as it is written, null as not set", () => {
  const yaml = `
# made by ev-node
db_path: data
node:
  aggregator: true
  block_time: 1s   # duration
  lazy_block_interval: 1m0s
raft:
  node_id: 007
  heartbeat_timeout: "350ms"
  peers:
  snap_count: 0x3
p2p:
  peers: ""
da:
  signing_addresses: []
signer:
  kms:
    aws: {key_id: "", region: "", timeout: 10s, max_retries: 3}
`
  expect(refusedKeys({ yaml })).toEqual(['raft.snap_count'])
  const config = accepted({ yaml: yaml.replace('0x3', '4') })
  expect([config.raft.nodeId, config.raft.heartbeatTimeoutMs, config.raft.snapCount]).toEqual(['007', 350, 4])
  expect(warnedKeys({ yaml: yaml.replace('0x3', '4') })).toEqual([])
})

test('lists may be written as lists', () => {
  const peers = ['a@h:1', 'b@h:2', 'c@h:3']
  const expected = [
    { id: 'a', address: 'h:1' },
    { id: 'b', address: 'h:2' },
    { id: 'c', address: 'h:3' },
  ]
  expect(accepted({ toml: `raft.peers = ${JSON.stringify(peers)}` }).raft.peers).toEqual(expected)
  expect(accepted({ yaml: `raft: {peers: [${peers.join(', ')}]}` }).raft.peers).toEqual(expected)
})

test('a relative path in a file is relative to the home, on the command line to the working directory', () => {
  expect(accepted({ toml: 'raft.raft_dir = "r"' }).raft.raftDir).toBe('/home/op/.aggregator/r')
  expect(accepted({ args: ['--raft.raft_dir=r'] }).raft.raftDir).toBe('/srv/r')
  expect(accepted({ args: ['--db_path=d'] }).dbPath).toBe('/home/op/.aggregator/d')
})

test.each([
  ['two files', { toml: 'raft.node_id = "a"', yaml: 'raft:\n  node_id: b' }],
  ['two sections', { toml: '[raft]\nnode_id = "a"\n[rollkit.raft]\nnode_id = "b"' }],
  ['two sections of YAML', { yaml: 'raft: {node_id: a}\nevnode: {raft: {node_id: b}}' }],
])('%s that differ in a key are refused', (_name, world) => {
  expect(refusedKeys(world)).toEqual(['raft.node_id'])
  expect(refusedKeys({ ...world, args: ['--raft.node_id=c'] })).toEqual(['raft.node_id'])
})

test('two files and sections that agree are fine, however the value is written', () => {
  const toml = '[raft]\nsend_timeout = "1s"\n[rollkit.raft]\nsend_timeout = "1000ms"'
  expect(accepted({ toml, yaml: 'raft: {send_timeout: 1s}' }).raft.sendTimeoutMs).toBe(1000)
})

test('an unknown key is an error that names file, section or line, and the nearest key', () => {
  const lines = errorLines({ toml: '[rollkit.raft]\nnodeid = "a"', yaml: 'p2p:\n  peers: ""\n  listen: x' })
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^raft.nodeid \\(${tomlFile} \\[rollkit.raft\\]\\): .* raft.node_id\\?`)),
    expect.stringMatching(new RegExp(`^p2p.listen \\(${yamlFile}:3\\): .* p2p.listen_address\\?`)),
  ])
})

test('a value of a type that no key takes is an error', () => {
  expect(refusedKeys({ toml: 'raft.node_id = 2020-01-01' })).toEqual(['raft.node_id'])
  expect(refusedKeys({ toml: 'raft.peers = [["a"]]' })).toEqual(['raft.peers'])
  expect(refusedKeys({ toml: 'raft.peers = {}' })).toEqual(['raft.peers'])
  expect(refusedKeys({ yaml: 'raft: [1]' })).toEqual(['raft'])
  expect(refusedKeys({ yaml: 'just text' })).toHaveLength(1)
})

test('empty files and sections say nothing', () => {
  expect(refusedKeys({ toml: '\uFEFF# nothing\n[raft]\n[rollkit]', yaml: 'raft: {}\np2p:\n' })).toEqual([])
  expect(refusedKeys({ toml: '[rafd]' })).toEqual(['rafd'])
})

test('a syntax error is reported with file and line, beside all other errors', () => {
  const lines = errorLines({
    toml: '[raft]\nnode_id = \n',
    yaml: 'raft:\n  node_id: "a\n',
    args: ['--raft.snap_count=x'],
  })
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^config.toml \\(${tomlFile}:2\\)`)),
    expect.stringMatching(new RegExp(`^evnode.yaml \\(${yamlFile}:\\d\\)`)),
    expect.stringContaining('raft.snap_count (--raft.snap_count)'),
  ])
})

test('a key twice in one file is an error of the file', () => {
  expect(refusedKeys({ toml: '[raft]\nnode_id = "a"\nnode_id = "a"' })).toEqual(['config.toml'])
  expect(refusedKeys({ yaml: 'raft: {node_id: a, node_id: a}' })).toEqual(['evnode.yaml'])
})

test('home and what only a flag may set are not taken from a file', () => {
  expect(refusedKeys({ toml: 'home = "/data"', yaml: 'clear_cache: true' })).toEqual(['home', 'clear_cache'])
})

test('anchors and aliases of YAML are refused, so that a small file cannot become a large one', () => {
  expect(refusedKeys({ yaml: 'raft: &r {node_id: a}\nrollkit: {raft: *r}' })).toEqual(['raft'])
})

test('a file that cannot be read, or is too long, is an error of the file', () => {
  const world = { args: [], env: {}, userHome: '/u', workingDirectory: '/w' }
  const unreadable = loadConfig({
    ...world,
    readFile: () => {
      throw new Error('EACCES: permission denied')
    },
  })
  expect(unreadable.ok ? [] : unreadable.errors.map((error) => error.key)).toEqual(['config.toml', 'evnode.yaml'])
  const long = load({ toml: `#${'x'.repeat(1024 * 1024)}` })
  expect(long.ok).toBe(false)
})

test('a file that is something else is not reported line by line for ever', () => {
  const toml = Array.from({ length: 5000 }, (_, index) => `key${index} = 1`).join('\n')
  expect(errorLines({ toml }).length).toBeLessThan(60)
})
