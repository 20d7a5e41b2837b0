import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DevnetFile } from '../../src/devnet/plan/devnet-file.ts'

const program = fileURLToPath(new URL('../devnet/fake/devnet.js', import.meta.url))

let home = ''
const running: Devnet[] = []

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'devnet-process-'))
})

afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
  await rm(home, { recursive: true, force: true })
})

/** A devnet of fake nodes in a process of its own. */
class Devnet {
  readonly child: ChildProcess
  output = ''
  readonly #ended: Promise<unknown>

  constructor(options: object = {}, env: NodeJS.ProcessEnv = {}) {
    const text = JSON.stringify({ home, txRate: 20, ...options })
    this.child = spawn(process.execPath, [program, text], { stdio: 'pipe', env: { ...process.env, ...env } })
    this.child.stdout!.on('data', (chunk) => (this.output += String(chunk)))
    this.child.stderr!.on('data', (chunk) => (this.output += String(chunk)))
    this.#ended = once(this.child, 'close')
    running.push(this)
  }

  /** Waits until the output has this; fails with all of it when the process ends before. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      const isOver = await Promise.race([
        once(this.child.stdout!, 'data').then(() => false),
        this.#ended.then(() => true),
      ])
      if (isOver && !this.output.includes(text)) throw new Error(`ended without saying "${text}":\n${this.output}`)
    }
  }

  async exitCode(): Promise<number | null> {
    await this.#ended
    return this.child.exitCode
  }
}

async function readFileOfDevnet(): Promise<DevnetFile> {
  return JSON.parse(await readFile(join(home, 'devnet.json'), 'utf8')) as DevnetFile
}

/** The nodes whose process lives: something listens at their port, even if it stands still. */
async function nodesAlive(): Promise<readonly string[]> {
  const { nodes } = await readFileOfDevnet()
  const alive = await Promise.all(nodes.map(async ({ id, rpc }) => ((await isListening(rpc)) ? [id] : [])))
  return alive.flat()
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

async function pidOf(index: number): Promise<number> {
  const { nodes } = await readFileOfDevnet()
  const answer = await fetch(`http://127.0.0.1:${nodes[index]!.rpc}/status`)
  const { pid } = (await answer.json()) as { pid: number }
  return pid
}

/** Asks until it is so; the test's own limit ends a wait for ever. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}

test('from an empty home to blocks; Ctrl-C, counted once though it comes twice, stops everything with exit code 0', async () => {
  const devnet = new Devnet()
  await devnet.says('node-0 leads in term 1')
  await until(async () => (await nodesAlive()).length === 3)
  const file = await readFileOfDevnet()
  expect(file.pid).toBe(devnet.child.pid)
  const answer = await fetch(`http://127.0.0.1:${file.nodes[2]!.rpc}/status`)
  expect(await answer.json()).toMatchObject({ node_id: 'node-2' })
  devnet.child.kill('SIGINT')
  devnet.child.kill('SIGINT')
  expect(await devnet.exitCode()).toBe(0)
  expect(devnet.output).toMatch(/make homes +\d+\.\d s\nfirst block +\d+\.\d s\n/)
  expect(devnet.output).toMatch(/stop +\d+\.\d s\n$/)
  expect(await nodesAlive()).toEqual([])
})

test('a second start goes on with the chain of the first, on its ports', async () => {
  const first = new Devnet()
  await first.says('node-0 leads')
  first.child.kill('SIGTERM')
  expect(await first.exitCode()).toBe(0)
  const before = await readFileOfDevnet()
  expect(before.pid).toBeUndefined()
  const second = new Devnet()
  await second.says('node-0 leads')
  const after = await readFileOfDevnet()
  expect(after.nodes).toEqual(before.nodes)
})

test('a second devnet in one home is refused, and says which process has it', async () => {
  const first = new Devnet()
  await first.says('node-0 leads')
  const second = new Devnet()
  expect(await second.exitCode()).toBe(1)
  expect(second.output).toContain(`HOME_UNUSABLE: process ${first.child.pid} runs a devnet`)
})

test('no node outlives a devnet that is killed, not even one that stands still', async () => {
  const devnet = new Devnet()
  await devnet.says('node-0 leads')
  await until(async () => (await nodesAlive()).length === 3)
  process.kill(await pidOf(1), 'SIGSTOP')
  devnet.child.kill('SIGKILL')
  await until(async () => (await nodesAlive()).length === 0)
})

test('a node that ends by itself is an event with the last line of its log, and comes back', async () => {
  const devnet = new Devnet()
  await devnet.says('node-0 leads')
  await until(async () => (await nodesAlive()).includes('node-1'))
  process.kill(await pidOf(1), 'SIGKILL')
  await devnet.says('node-1 was ended by SIGKILL: node-1 starts')
  await devnet.says('node-1 is back after')
})

test('a node that cannot start ends the devnet with its reason', async () => {
  const devnet = new Devnet({}, { FAKE_CRASH: 'node-1', FAKE_BARREN: '1' })
  expect(await devnet.exitCode()).toBe(1)
  expect(devnet.output).toContain('node-1 exited with code 3: node-1 cannot go on: its disk is full')
  expect(await nodesAlive()).toEqual([])
})

test('a node that does not stop when asked is killed', async () => {
  const devnet = new Devnet({ stopLimitMs: 300 }, { FAKE_DEAF: 'node-2' })
  await devnet.says('node-0 leads')
  devnet.child.kill('SIGTERM')
  expect(await devnet.exitCode()).toBe(0)
  expect(await nodesAlive()).toEqual([])
})

test('a reader that goes away ends the devnet', async () => {
  const devnet = new Devnet()
  await devnet.says('node-0 leads')
  devnet.child.stdout!.destroy()
  expect(await devnet.exitCode()).toBe(0)
  expect(await nodesAlive()).toEqual([])
})
