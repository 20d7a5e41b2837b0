import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { AggregatorCluster, run, runAs } from '../support/cluster.ts'
import { freePorts } from '../support/free-ports.ts'
import { namesBelow } from '../support/home-contents.ts'

// The many ways to be wrong are in test/start-up/bad-input.test.ts; here is what only a process of its own can show.

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function newHome(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'aggregator-bad-input-'))
  closers.push(() => rmSync(directory, { recursive: true, force: true }))
  const home = join(directory, 'home')
  expect((await run('init', '--home', home)).code).toBe(0)
  return home
}

async function listener(): Promise<number> {
  const server: Server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => once(server.close(), 'close'))
  return (server.address() as AddressInfo).port
}

function linesOf(stderr: string): readonly string[] {
  return stderr.trimEnd().split('\n')
}

test('a process ends with code 2, one line for each mistake, and nothing written', async () => {
  const home = await newHome()
  const before = namesBelow(home)
  const { code, stdout, stderr } = await run('start', `--home=${home}`, '--node.block_time=soon', '--raft.node_di=x')
  expect([code, stdout]).toEqual([2, ''])
  expect(linesOf(stderr)).toEqual([
    expect.stringContaining('did you mean --raft.node_id?'),
    expect.stringContaining('node.block_time'),
    expect.stringContaining('there is nothing to run'),
  ])
  expect(namesBelow(home)).toEqual(before)
})

test('every port that is in use is named', async () => {
  const home = await newHome()
  const [rpc, raft, p2p, metrics] = [await listener(), await listener(), await listener(), await listener()]
  const before = namesBelow(home)
  const { code, stderr } = await run(
    'start',
    `--home=${home}`,
    '--node.aggregator',
    '--raft.enable',
    '--raft.node_id=a',
    '--raft.bootstrap',
    `--rpc.address=127.0.0.1:${rpc}`,
    `--raft.raft_addr=127.0.0.1:${raft}`,
    `--raft.peers=a@127.0.0.1:${raft}`,
    `--p2p.listen_address=/ip4/127.0.0.1/tcp/${p2p}`,
    '--instrumentation.prometheus',
    `--instrumentation.prometheus_listen_addr=127.0.0.1:${metrics}`,
  )
  expect(code).toBe(1)
  expect(linesOf(stderr)).toEqual(
    [
      `rpc.address 127.0.0.1:${rpc}`,
      `raft.raft_addr 127.0.0.1:${raft}`,
      `p2p.listen_address 127.0.0.1:${p2p}`,
      `instrumentation.prometheus_listen_addr 127.0.0.1:${metrics}`,
    ].map((place) => expect.stringContaining(`${place}: is in use; stop what listens there`)),
  )
  expect(namesBelow(home)).toEqual(before)
})

test('a home in which a process lives names it, on the same ports and on others; the process goes on', async () => {
  const cluster = await AggregatorCluster.create({ nodes: 1 })
  closers.push(() => cluster.close())
  cluster.start('node-0')
  await cluster.reach(1)
  const pid = cluster.pid('node-0')
  const same = await cluster.runToEnd('node-0')
  expect(same.code).toBe(1)
  expect(linesOf(same.stderr)).toEqual([
    expect.stringMatching(/^rpc\.address .*is in use/),
    expect.stringMatching(/^raft\.raft_addr .*is in use/),
    expect.stringMatching(new RegExp(`^${cluster.home('node-0')} is held by process ${pid}, since .*; stop it first`)),
  ])
  const [rpc] = await freePorts(1)
  const home = ['start', `--home=${cluster.home('node-0')}`, '--node.aggregator', `--rpc.address=127.0.0.1:${rpc}`]
  const other = await run(...home, '--p2p.listen_address=/ip4/127.0.0.1/tcp/0')
  expect(other.code).toBe(1)
  expect(linesOf(other.stderr)).toEqual([expect.stringMatching(new RegExp(`is held by process ${pid} `))])
  await cluster.reach((await cluster.status('node-0'))!.height + 1)
})

test('a directory that this user may not write to is named, with the user', async () => {
  const home = await newHome()
  const data = join(home, 'data')
  mkdirSync(data)
  const isRoot = process.getuid?.() === 0
  const nobody = 65_534
  // Root may write anywhere, so the program runs as somebody else then.
  if (isRoot) {
    chmodSync(join(home, '..'), 0o755)
    for (const path of [home, ...namesBelow(home).map((name) => join(home, name))]) chownSync(path, nobody, nobody)
  }
  chmodSync(data, 0o555)
  const [rpc] = await freePorts(1)
  const flags = [`--home=${home}`, '--node.aggregator', `--rpc.address=127.0.0.1:${rpc}`]
  const { code, stderr } = await runAs(
    isRoot ? nobody : undefined,
    'start',
    ...flags,
    '--p2p.listen_address=/ip4/127.0.0.1/tcp/0',
  )
  chmodSync(data, 0o755)
  expect(code).toBe(1)
  expect(linesOf(stderr)).toEqual([
    expect.stringMatching(/data cannot be written by user \d+ \(EACCES\); change its owner or mode/),
  ])
  expect(namesBelow(data)).toEqual([])
})

test('a damaged block store is one line with its page, without a stack', async () => {
  const cluster = await AggregatorCluster.create({ nodes: 1 })
  closers.push(() => cluster.close())
  cluster.start('node-0')
  await cluster.reach(2)
  await cluster.signal('node-0', 'SIGTERM')
  writeFileSync(join(cluster.home('node-0'), 'raft', 'log', 'db', 'CURRENT'), 'MANIFEST-999999\n')
  const { code, stderr } = await cluster.runToEnd('node-0')
  const errors = linesOf(stderr).filter((line) => !line.startsWith('['))
  expect([code, errors]).toEqual([
    1,
    [expect.stringMatching(/opening the log failed: .* \(docs\/runbooks\/damaged-data\.md\)$/)],
  ])
})
