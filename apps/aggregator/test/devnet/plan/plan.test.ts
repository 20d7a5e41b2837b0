import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DevnetOptions, defaultOptions } from '../../../src/devnet/options.ts'
import { readDevnetFile, writeDevnetFile } from '../../../src/devnet/plan/devnet-file.ts'
import { freePorts } from '../../../src/devnet/plan/free-ports.ts'
import { devnetFilePath, makePlan, toFile } from '../../../src/devnet/plan/plan.ts'
import { plannedPorts, portNumbers } from '../../../src/devnet/plan/ports.ts'

let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'devnet-plan-'))
})

afterEach(() => rm(home, { recursive: true, force: true }))

function options(given: Partial<DevnetOptions> = {}): DevnetOptions {
  return { ...defaultOptions, home, basePort: 0, ...given }
}

test('well-known ports, and four groups of a hundred from a base port on', () => {
  expect(plannedPorts(3, undefined)[2]).toEqual({ rpc: 7333, raft: 5003, p2p: 7678, metrics: 26662 })
  expect(plannedPorts(3, 9000)[1]).toEqual({ rpc: 9001, raft: 9101, p2p: 9201, metrics: 9301 })
})

test('free ports are all different', async () => {
  const numbers = portNumbers(await freePorts(3))
  expect(new Set(numbers).size).toBe(12)
})

test('a second start finds the ports of the first, which the members know each other by', async () => {
  const first = await makePlan(options())
  await writeDevnetFile(devnetFilePath(home), toFile(first, undefined))
  const second = await makePlan(options())
  expect(portNumbers(second.nodes)).toEqual(portNumbers(first.nodes))
  expect(second.nodes.map(({ id }) => id)).toEqual(['node-0', 'node-1', 'node-2'])
})

test('a chain with another number of nodes, or on other ports, needs a reset', async () => {
  const first = await makePlan(options())
  await writeDevnetFile(devnetFilePath(home), toFile(first, undefined))
  await expect(makePlan(options({ nodes: 5 }))).rejects.toMatchObject({ code: 'USAGE' })
  await expect(makePlan(options({ basePort: 2000 }))).rejects.toMatchObject({ code: 'USAGE' })
  expect((await makePlan(options({ nodes: 5, reset: true }))).nodes).toHaveLength(5)
})

test('a reset removes what devnets made and nothing else', async () => {
  await mkdir(join(home, 'node-0'), { recursive: true })
  await writeFile(join(home, 'node-0', 'data'), 'a chain')
  await writeFile(join(home, 'mine.txt'), 'a letter')
  await makePlan(options({ reset: true }))
  expect(existsSync(join(home, 'node-0'))).toBe(false)
  expect(existsSync(join(home, 'mine.txt'))).toBe(true)
})

test('a tour has a chain of its own and leaves the other alone', async () => {
  await mkdir(join(home, 'node-0'))
  const plan = await makePlan(options({ tour: true }))
  expect(plan.home).toBe(join(home, 'tour'))
  expect(plan.blockTimeMs).toBe(250)
  expect(existsSync(join(home, 'node-0'))).toBe(true)
})

test('a port in use is named', async () => {
  const first = await makePlan(options())
  await writeDevnetFile(devnetFilePath(home), toFile(first, undefined))
  const { rpc } = first.nodes[1]!
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(rpc, '127.0.0.1', resolve)
  })
  await expect(makePlan(options())).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining(`${rpc} (EADDRINUSE)`) as unknown,
  })
  await new Promise((resolve) => {
    server.close(resolve)
  })
})

test('a file that nobody understands is named, and a reset gets rid of it', async () => {
  await writeFile(devnetFilePath(home), '{"nodes": 3}')
  await expect(makePlan(options())).rejects.toMatchObject({ code: 'HOME_UNUSABLE' })
  await makePlan(options({ reset: true }))
  expect(await readDevnetFile(devnetFilePath(home))).toBeUndefined()
})

test('a number of a process that is no devnet any more keeps nobody out', async () => {
  const first = await makePlan(options())
  // Process 1 lives everywhere and is no devnet.
  await writeDevnetFile(devnetFilePath(home), toFile(first, 1))
  expect((await makePlan(options())).nodes).toHaveLength(3)
})
