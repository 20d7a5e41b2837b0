import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKvExecutor } from 'block-executors'
import { expect, test } from 'vitest'
import { blockOf } from './support/chain.ts'
import { genesis, modes, open, run, valueOf } from './support/executor.ts'
import { closeLater, temporaryDirectory } from './support/temporary.ts'

test('a malformed transaction is a no-op with a reason, and the block goes on', async () => {
  const executor = await open()
  const { stateRoot } = await executor.getInfo()
  const block = blockOf(1, 'nothing', '', '=x', ' \u00a0=x', ' k = v=w ', 'e=', Uint8Array.of(0xff, 0x3d, 0xfe))
  const { results } = await executor.executeBlock(block, stateRoot)
  expect(results.map(({ isOk }) => isOk)).toEqual([false, false, false, false, true, true, true])
  expect(results[0]!.log).toContain('key=value')
  expect(await executor.read(Uint8Array.of(0xff))).toEqual(Uint8Array.of(0xfe))
  expect(await valueOf(executor, 'k')).toBe('v=w')
  expect(await valueOf(executor, 'e')).toBe('')
  expect(await executor.checkTransaction!(Buffer.from('nothing'))).toContain('=')
  expect(await executor.checkTransaction!(Buffer.from('a=b'))).toBeUndefined()
})

test('white space takes time linear in its length', async () => {
  const executor = await open()
  const wide = Buffer.alloc(4_000_000, ' ')
  wide.write('a')
  wide.write('b', wide.length - 2)
  expect(await executor.checkTransaction!(wide)).toContain('=')
  expect(await executor.checkTransaction!(Buffer.concat([Buffer.from('a='), wide, Buffer.from('c')]))).toBeUndefined()
})

test.each(modes)('%s: a key is read as it is, and as it was after a height', async (mode) => {
  const executor = await open(mode)
  await run(executor, blockOf(1, 'a=1', 'ab=9'), blockOf(2, 'b=1'), blockOf(3, 'a=2', 'a=3'), blockOf(4))
  expect(await valueOf(executor, 'a')).toBe('3')
  const history = await Promise.all([0, 1, 2, 3, 4, 9].map((height) => valueOf(executor, 'a', height)))
  expect(history).toEqual([undefined, '1', '1', '3', '3', '3'])
  expect(await valueOf(executor, 'x')).toBeUndefined()
  expect(await valueOf(executor, '')).toBeUndefined()
})

test.each(modes)('%s: the root follows from the state, whatever the way to it', async (mode) => {
  const root = async (...blocks: ReturnType<typeof blockOf>[]): Promise<string> => run(await open(mode), ...blocks)
  const roots = await Promise.all([
    root(blockOf(1, 'a=1')),
    root(blockOf(1, 'a=2')),
    root(blockOf(1, 'b=1')),
    root(blockOf(1, 'a=1', 'b=1')),
    root(blockOf(1)),
  ])
  expect(new Set(roots).size).toBe(5)
  expect(await root(blockOf(1, 'a=2', 'a=1', 'bad'))).toBe(roots[0])
  expect(await root(blockOf(1, 'b=1', 'a=1'))).toBe(roots[3])
  expect(await root(blockOf(1, 'a=1'), blockOf(2), blockOf(3, 'bad'))).toBe(roots[0])
})

test('hashed roots have 32 bytes, and come back when the state does', async () => {
  const executor = await open()
  const empty = await run(executor)
  const first = await run(executor, blockOf(1, 'a=1'))
  expect(first).toHaveLength(32)
  expect(await run(executor, blockOf(2, 'a=2'))).not.toBe(first)
  expect(await run(executor, blockOf(3, 'a=1'))).toBe(first)
  expect(await run(await open(), blockOf(1))).toBe(empty)
})

test('blocks that were executed may be asked again, also after a restart; other blocks are a mismatch', async () => {
  const directory = temporaryDirectory()
  const executor = await open('hashed', directory)
  const before = (await executor.getInfo()).stateRoot
  const block = blockOf(1, 'a=1', 'bad')
  const first = await executor.executeBlock(block, before)
  const second = await executor.executeBlock(blockOf(2, 'b=1'), first.stateRoot)
  await executor.close()
  const again = await open('hashed', directory)
  expect(await again.executeBlock(block, before)).toEqual(first)
  expect(await again.executeBlock(blockOf(2, 'b=1'), first.stateRoot)).toEqual(second)
  const wrong = [
    [blockOf(4), second.stateRoot],
    [blockOf(3), first.stateRoot],
    [blockOf(2, 'b=2'), first.stateRoot],
    [blockOf(2, 'b=1'), before],
    [blockOf(0), before],
  ] as const
  for (const [other, root] of wrong) {
    await expect(again.executeBlock(other, root)).rejects.toMatchObject({ code: 'STATE_MISMATCH' })
  }
  expect(await again.getInfo()).toEqual({ height: 2, stateRoot: second.stateRoot })
})

test('what execution gave is remembered within its bytes, and always for the newest block', async () => {
  const executor = await open('hashed', temporaryDirectory(), { resultLimitBytes: 400 })
  const roots = [(await executor.getInfo()).stateRoot]
  for (let height = 1; height <= 9; height++) {
    roots.push((await executor.executeBlock(blockOf(height, `a=${height}`), roots[height - 1]!)).stateRoot)
  }
  expect(await executor.executeBlock(blockOf(9, 'a=9'), roots[8]!)).toMatchObject({ stateRoot: roots[9] })
  expect(await executor.executeBlock(blockOf(8, 'a=8'), roots[7]!)).toMatchObject({ stateRoot: roots[8] })
  await expect(executor.executeBlock(blockOf(1, 'a=1'), roots[0]!)).rejects.toMatchObject({ code: 'STATE_MISMATCH' })
  const tiny = await open('hashed', temporaryDirectory(), { resultLimitBytes: 0 })
  await run(tiny, blockOf(1), blockOf(2))
  await tiny.executeBlock(blockOf(2), (await tiny.getInfo()).stateRoot)
})

test.each(modes)('%s: a copy taken at any moment goes on from where it stands', async (mode) => {
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
  await executor.close()
  const again = await open(mode, directory)
  expect((await again.getInfo()).height).toBe(7)
  expect(await run(again, ...blocks.slice(7))).toBe(whole)
  expect(await valueOf(again, 'k1', 5)).toBe('4')
})

test('calls that are not awaited run in their order', async () => {
  const executor = await open()
  const { stateRoot } = await executor.getInfo()
  const [first, info, second] = await Promise.allSettled([
    executor.executeBlock(blockOf(1), stateRoot),
    executor.getInfo(),
    executor.executeBlock(blockOf(2, 'a=1'), stateRoot),
  ])
  expect([first.status, info.status, second.status]).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
  expect((await executor.getInfo()).height).toBe(2)
})

test('execution goes on while little waits for the disk, and stays right when it has to wait', async () => {
  const blocks = Array.from({ length: 40 }, (_, i) => blockOf(i + 1, `k${i % 7}=${'x'.repeat(i * 10)}`))
  const executor = await open('hashed', temporaryDirectory(), { pendingLimitBytes: 1000 })
  expect(await run(executor, ...blocks)).toBe(await run(await open(), ...blocks))
})

test('before the genesis is known nothing is executed; another genesis is refused', async () => {
  const directory = temporaryDirectory()
  const executor = closeLater(await openKvExecutor({ directory, stateRoot: 'hashed' }))
  await expect(executor.getInfo()).rejects.toMatchObject({ code: 'EXECUTOR_FAILED' })
  const { stateRoot } = await executor.initChain({ ...genesis, initialHeight: 5 })
  expect(await executor.getInfo()).toEqual({ height: 4, stateRoot })
  await run(executor, blockOf(5, 'a=1'))
  expect(await executor.initChain({ ...genesis, initialHeight: 5 })).toEqual({ stateRoot })
  expect((await executor.getInfo()).height).toBe(5)
  await expect(executor.initChain(genesis)).rejects.toMatchObject({ code: 'FOREIGN_CHAIN' })
})

test('a directory has one owner and one rule for roots', async () => {
  const directory = temporaryDirectory()
  const executor = await open('hashed', directory)
  await expect(open('hashed', directory)).rejects.toMatchObject({
    code: 'DIRECTORY_LOCKED',
    message: expect.stringContaining(String(process.pid)),
  })
  await executor.close()
  await expect(open('testapp', directory)).rejects.toMatchObject({ code: 'STATE_ROOT_DIFFERS' })
  await open('hashed', directory)
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, '')
  await expect(open('hashed', file)).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' })
})

test('a directory of something else, or of a newer version, is left alone', async () => {
  const { ClassicLevel } = await import('classic-level')
  const put = async (key: string, value: string): Promise<string> => {
    const directory = temporaryDirectory()
    const database = new ClassicLevel(join(directory, 'db'))
    await database.put(key, value)
    await database.close()
    return directory
  }
  await expect(open('hashed', await put('x', 'y'))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  const newer = JSON.stringify({ name: 'kv-executor', version: 2, stateRoot: 'hashed' })
  await expect(open('hashed', await put('!format', newer))).rejects.toMatchObject({ code: 'FORMAT_NEWER' })
})

test('calls after closing, and calls that are aborted, are told so', async () => {
  const executor = await open()
  const { stateRoot } = await executor.getInfo()
  const reason = new Error('enough')
  await expect(executor.executeBlock(blockOf(1), stateRoot, AbortSignal.abort(reason))).rejects.toBe(reason)
  const last = executor.executeBlock(blockOf(1, 'a=1'), stateRoot)
  await executor.close()
  await last
  await expect(executor.executeBlock(blockOf(2), stateRoot)).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(executor.getInfo()).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(valueOf(executor, 'a')).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a write that fails is the last one, and closing says so', async () => {
  const directory = temporaryDirectory()
  const executor = await open('hashed', directory, { writeBufferBytes: 64 * 1024, pendingLimitBytes: 0 })
  // Without its directory LevelDB cannot begin the next log file.
  rmSync(directory, { recursive: true })
  const blocks = Array.from({ length: 60 }, (_, i) => blockOf(i + 1, `k=${'x'.repeat(60_000 + i)}`))
  await expect(run(executor, ...blocks)).rejects.toMatchObject({ code: 'EXECUTOR_FAILED' })
  const { height, stateRoot } = await executor.getInfo()
  await expect(executor.executeBlock(blockOf(height + 1), stateRoot)).rejects.toMatchObject({ code: 'EXECUTOR_FAILED' })
  await expect(executor.close()).rejects.toMatchObject({ code: 'EXECUTOR_FAILED' })
})
