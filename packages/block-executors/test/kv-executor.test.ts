import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Executor } from 'block-fsm'
import { type KvExecutorOptions, openKvExecutor } from 'block-executors'
import { afterEach, expect, test } from 'vitest'
import { blockOf } from './support/chain.ts'

const made: string[] = []
const opened: Executor[] = []
const genesis = { chainId: 'test', initialHeight: 1, genesisTimeNs: 0n }

afterEach(async () => {
  await Promise.all(opened.splice(0).map((executor) => executor.close()))
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'executor-'))
  made.push(directory)
  return directory
}

async function open(stateRoot: KvExecutorOptions['stateRoot'], directory = temporaryDirectory()): Promise<Executor> {
  const executor = await openKvExecutor({ directory, stateRoot })
  opened.push(executor)
  await executor.initChain(genesis)
  return executor
}

async function run(executor: Executor, ...blocks: readonly ReturnType<typeof blockOf>[]): Promise<string> {
  let { stateRoot } = await executor.getInfo()
  for (const block of blocks) stateRoot = (await executor.executeBlock(block, stateRoot)).stateRoot
  return Buffer.from(stateRoot).toString('latin1')
}

const valueOf = async (executor: Executor, key: string): Promise<string | undefined> => {
  const value = await executor.read!(Buffer.from(key))
  return value && Buffer.from(value).toString()
}

test("the root of testapp mode is ev-node's: every path of every height in byte order", async () => {
  const executor = await open('testapp')
  expect(await run(executor)).toBe('')
  expect(await run(executor, blockOf(1, 'b=2', 'a = 1 '))).toBe('/height/1/a:1;/height/1/b:2;')
  expect(await run(executor, blockOf(2, 'a=3', 'a=4', 'c/../d//e/=5'))).toBe(
    '/height/1/a:1;/height/1/b:2;/height/2/a:4;/height/2/d/e:5;',
  )
  expect(await run(executor, ...Array.from({ length: 8 }, (_, i) => blockOf(3 + i, 'z=1')))).toContain(
    '/height/1/b:2;/height/10/z:1;/height/2/a:4;',
  )
  expect([await valueOf(executor, 'a'), await valueOf(executor, 'd/e'), await valueOf(executor, 'x')]).toEqual([
    '4',
    '5',
    undefined,
  ])
})

test('reserved keys of the test application cannot be written', async () => {
  const executor = await open('testapp')
  const { results } = await executor.executeBlock(blockOf(1, '../../genesis/initialized=no', 'a=1'), new Uint8Array(0))
  expect(results.map(({ isOk }) => isOk)).toEqual([false, true])
})

test('a malformed transaction is a no-op with a reason, and the block goes on', async () => {
  const executor = await open('hashed')
  const { stateRoot } = await executor.getInfo()
  const block = blockOf(1, 'nothing', '', '=x', ' \u00a0=x', 'k=', Uint8Array.of(0xff, 0x3d, 0xfe))
  const { results } = await executor.executeBlock(block, stateRoot)
  expect(results.map(({ isOk }) => isOk)).toEqual([false, false, false, false, true, true])
  expect(results[0]!.log).toContain('key=value')
  expect(await executor.read!(Uint8Array.of(0xff))).toEqual(Buffer.from([0xfe]))
  expect(await executor.checkTransaction!(Buffer.from('nothing'))).toContain('=')
  expect(await executor.checkTransaction!(Buffer.from('a=b'))).toBeUndefined()
})

test.each(['hashed', 'testapp'] as const)('%s roots depend on every write and its order', async (mode) => {
  const root = async (...txs: readonly string[]): Promise<string> => run(await open(mode), blockOf(1, ...txs))
  const roots = await Promise.all([root('a=1'), root('a=2'), root('b=1'), root('a=1', 'b=1'), root()])
  expect(new Set(roots).size).toBe(5)
  expect(await root('a=1')).toBe(roots[0])
})

test('the block just executed may be asked again; any other height or root is a mismatch and changes nothing', async () => {
  const executor = await open('hashed')
  const before = (await executor.getInfo()).stateRoot
  const block = blockOf(1, 'a=1')
  const first = await executor.executeBlock(block, before)
  expect(await executor.executeBlock(block, before)).toEqual(first)
  await expect(executor.executeBlock(blockOf(3), first.stateRoot)).rejects.toMatchObject({ code: 'STATE_MISMATCH' })
  await expect(executor.executeBlock(blockOf(1, 'a=2'), before)).rejects.toMatchObject({ code: 'STATE_MISMATCH' })
  await expect(executor.executeBlock(blockOf(2), before)).rejects.toMatchObject({ code: 'STATE_MISMATCH' })
  expect(await executor.getInfo()).toEqual({ height: 1, stateRoot: first.stateRoot })
})

test.each(['hashed', 'testapp'] as const)(
  '%s state is there after closing, and a copy taken at any moment goes on from where it stands',
  async (mode) => {
    const directory = temporaryDirectory()
    const blocks = Array.from({ length: 12 }, (_, i) => blockOf(i + 1, `k${i % 3}=${i}`, 'bad'))
    const whole = await run(await open(mode), ...blocks)
    const executor = await open(mode, directory)
    for (const block of blocks.slice(0, 7)) await run(executor, block)
    const copy = temporaryDirectory()
    cpSync(directory, copy, { recursive: true })
    const copied = await open(mode, copy)
    const { height } = await copied.getInfo()
    expect(await run(copied, ...blocks.slice(height))).toBe(whole)
    await opened.splice(opened.indexOf(executor), 1)[0]!.close()
    const again = await open(mode, directory)
    expect((await again.getInfo()).height).toBe(7)
    expect(await run(again, ...blocks.slice(7))).toBe(whole)
  },
)

test('a directory in use is refused', async () => {
  const directory = temporaryDirectory()
  await open('hashed', directory)
  await expect(openKvExecutor({ directory, stateRoot: 'hashed' })).rejects.toMatchObject({ code: 'EXECUTOR_FAILED' })
})
