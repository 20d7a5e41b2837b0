import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileStableStore } from 'raft-store-level'
import { expect, test } from 'vitest'
import { settled } from './support/promised.ts'
import { temporaryDirectory } from './support/temporary.ts'

const set = (directory: string, ...value: number[]): Promise<void> =>
  settled((done) => fileStableStore(directory).set('identity', Uint8Array.from(value), done))
const get = (directory: string): Promise<Uint8Array | undefined> =>
  settled<Uint8Array | undefined>((done) => fileStableStore(directory).get('identity', done))

test('what was never set is undefined; what was set last is read back, key by key', async () => {
  const directory = join(temporaryDirectory(), 'made', 'on', 'the', 'way')
  expect(await get(directory)).toBeUndefined()
  await set(directory, 1, 2, 3)
  await set(directory, 4, 5)
  expect([...(await get(directory))!]).toEqual([4, 5])
  const store = fileStableStore(directory)
  expect(await settled((done) => store.get('founding', done))).toBeUndefined()
})

test('of several writes on their way the last one stays', async () => {
  const directory = temporaryDirectory()
  const store = fileStableStore(directory)
  const value = Uint8Array.of(0)
  const writes = Array.from({ length: 10 }, (_, i) => {
    value[0] = i
    return settled((done) => store.set('identity', value, done))
  })
  await Promise.all(writes)
  expect([...(await get(directory))!]).toEqual([9])
})

test('a file that is damaged, cut off or of something else is refused', async () => {
  const directory = temporaryDirectory()
  await set(directory, 1, 2, 3)
  const path = join(directory, 'identity.bin')
  const good = readFileSync(path)
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good)
    bad[at]! ^= 1
    writeFileSync(path, bad)
    await expect(get(directory)).rejects.toMatchObject({ code: at < 5 ? 'FORMAT_UNKNOWN' : 'DAMAGED' })
  }
  for (let length = 0; length < good.length; length++) {
    writeFileSync(path, good)
    truncateSync(path, length)
    await expect(get(directory)).rejects.toMatchObject({ code: 'DAMAGED' })
  }
})

test('a value above the limit and a directory that cannot be written to are refused', async () => {
  const directory = temporaryDirectory()
  const store = fileStableStore(directory)
  const huge = new Uint8Array(1024 * 1024 + 1)
  await expect(settled((done) => store.set('identity', huge, done))).rejects.toMatchObject({ code: 'TOO_LARGE' })
  expect(await get(directory)).toBeUndefined()
  writeFileSync(join(directory, 'file'), '')
  await expect(set(join(directory, 'file'), 1)).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' })
})
