import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { AggregatorCluster, run } from '../support/cluster.ts'
import { freePorts } from '../support/free-ports.ts'
import { namesBelow } from '../support/home-contents.ts'

// The many ways to be wrong are in test/start-up/bad-input.test.ts; here is what only a process of its own can show.

const lookAs = fileURLToPath(new URL('../support/check-directories-as.js', import.meta.url))

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
  // Root may write anywhere, so somebody else looks then; that one has to be let through to the directory.
  const user = process.getuid!() === 0 ? 65_534 : process.getuid!()
  for (const path of [join(home, '..'), home]) chmodSync(path, 0o755)
  chmodSync(data, 0o555)
  const { stdout } = await promisify(execFile)(process.execPath, [lookAs, String(user), join(data, 'blocks')])
  chmodSync(data, 0o755)
  expect(stdout).toBe(
    `${data} cannot be written by user ${user} (EACCES); change its owner or mode, or use another home (docs/runbooks/home-and-keys.md)\n`,
  )
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
