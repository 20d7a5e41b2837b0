import { expect, test } from 'vitest'
import { loadConfig, splitConfigArgs } from '../../src/config/index.ts'
import { accepted, errorLines, refusedKeys } from './load.ts'

test.each([
  [['--raft.node_id=n1']],
  [['--raft.node_id', 'n1']],
  [['--evnode.raft.node_id=n1']],
  [['--rollkit.raft.node_id', 'n1']],
])('%j names the node', (args) => {
  expect(accepted({ args }).raft.nodeId).toBe('n1')
})

test('a bare boolean is true and leaves the next word alone', () => {
  const args = ['--node.aggregator', 'start', '--instrumentation.prometheus', '--raft.node_id', 'n1']
  expect(splitConfigArgs(args).rest).toEqual(['start'])
  const { node, instrumentation } = accepted({ args })
  expect([node.aggregator, instrumentation.prometheus]).toEqual([true, true])
})

test('a boolean takes true and false as the next word, and the words of Go behind "="', () => {
  expect(accepted({ args: ['--node.aggregator', 'false'] }).node.aggregator).toBe(false)
  expect(accepted({ args: ['--node.aggregator=1'] }).node.aggregator).toBe(true)
  expect(accepted({ args: ['--node.aggregator=F'] }).node.aggregator).toBe(false)
  expect(refusedKeys({ args: ['--node.aggregator=yes'] })).toEqual(['node.aggregator'])
})

test("the words and options of the command, and everything behind --, stay the command's", () => {
  const args = ['raft', 'add', '--json', '--home', '/data', 'node-4@h:1', '--limit=3', '--', '--raft.node_id=x']
  expect(splitConfigArgs(args)).toEqual({
    config: ['--home', '/data'],
    rest: ['raft', 'add', '--json', 'node-4@h:1', '--limit=3', '--', '--raft.node_id=x'],
  })
})

test('a mistyped flag is an error that names the nearest, and takes its value along', () => {
  const args = ['start', '--raft.nodeid', 'n1', '--evnode.raft.peer=x@h:1', '--node_id=n1', '--raft.snap-count=2']
  expect(splitConfigArgs(args).rest).toEqual(['start', '--node_id=n1'])
  const lines = errorLines({ args })
  expect(lines).toHaveLength(3)
  expect(lines[0]).toContain('--raft.node_id?')
  expect(lines[1]).toContain('--raft.peers?')
  expect(lines[2]).toContain('--raft.snap_count?')
})

test('a flag without its value is an error', () => {
  expect(refusedKeys({ args: ['--raft.node_id'] })).toEqual(['raft.node_id'])
  expect(refusedKeys({ args: ['--raft.node_id', '--raft.snap_count=3'] })).toEqual(['raft.node_id'])
})

test('a flag given twice with one value is fine, under whichever prefix and spelling', () => {
  const args = ['--raft.send_timeout=1s', '--evnode.raft.send_timeout=1000ms', '--rollkit.raft.send_timeout', '1s']
  expect(accepted({ args }).raft.sendTimeoutMs).toBe(1000)
})

test('a flag given twice with different values is an error that names both', () => {
  const [line, ...more] = errorLines({ args: ['--raft.node_id=a', '--evnode.raft.node_id=b'] })
  expect(more).toEqual([])
  expect(line).toMatch(/^raft\.node_id \(--raft\.node_id\): .*"a".*"b".*--evnode\.raft\.node_id/)
})

test('a word that is no flag of the configuration is refused, never ignored', () => {
  const world = { env: {}, userHome: '/home/op', workingDirectory: '/srv', readFile: () => undefined }
  const result = loadConfig({ ...world, args: ['stray', '--raft.snap_count=2'] })
  expect(result.ok ? [] : result.errors.map((error) => error.key)).toEqual(['stray'])
})

test('home is the directory of everything', () => {
  const config = accepted({ args: ['--home', 'nodes/a'] })
  expect(config.home).toBe('/srv/nodes/a')
  expect(config.dbPath).toBe('/srv/nodes/a/data')
  expect(config.raft.raftDir).toBe('/srv/nodes/a/raft')
  expect(config.signer.signerPath).toBe('/srv/nodes/a/config')
  expect(config.signer.passphraseFile).toBe('/srv/nodes/a/config/passphrase')
})

test('a tilde that the shell left in place is the home of the user', () => {
  expect(accepted({ args: ['--home=~/n1', '--raft.raft_dir=~/n1-raft'] }).raft.raftDir).toBe('/home/op/n1-raft')
})

test('an empty home is refused', () => {
  expect(refusedKeys({ args: ['--home='] })).toEqual(['home'])
})
