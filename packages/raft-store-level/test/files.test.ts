import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SnapshotMetadata, SnapshotStore } from 'raft-core'
import { fileSnapshotStore, fileStableStore } from 'raft-store-level'
import { expect, test } from 'vitest'
import { settled } from './support/promised.ts'
import { temporaryDirectory } from './support/temporary.ts'

const metadata = (index: number): SnapshotMetadata => ({
  index,
  term: 3,
  configuration: {
    servers: [{ id: 'n1', incarnation: 'ab'.repeat(16), address: 'a:1', suffrage: 'voter' }],
    outgoing: [],
  },
  configurationIndex: 1,
  clusterId: 'cd'.repeat(32),
  epoch: 0,
})

async function take(store: SnapshotStore, index: number, body: Uint8Array): Promise<void> {
  const sink = await settled<Parameters<Parameters<SnapshotStore['create']>[1]>[1]>((done) =>
    store.create(metadata(index), done),
  )
  await settled((done) => sink!.write(body.subarray(0, 10), done))
  await settled((done) => sink!.write(body.subarray(10), done))
  await settled((done) => sink!.commit(done))
}

async function indexes(store: SnapshotStore): Promise<number[]> {
  const stored = await settled<readonly { metadata: SnapshotMetadata }[]>((done) => store.list(done))
  return stored.map((snapshot) => snapshot.metadata.index)
}

async function readAll(store: SnapshotStore): Promise<Uint8Array> {
  const [newest] = await settled<readonly Parameters<SnapshotStore['open']>[0][]>((done) => store.list(done))
  const source = await settled<Parameters<Parameters<SnapshotStore['open']>[1]>[1]>((done) => store.open(newest!, done))
  const bytes = await settled<Uint8Array>((done) => source!.read(0, 1e6, done))
  await settled((done) => source!.close(done))
  return bytes
}

function readIdentity(directory: string): Promise<Uint8Array | undefined> {
  return settled<Uint8Array | undefined>((done) => fileStableStore(directory).get('identity', done))
}

const body = Uint8Array.from({ length: 5000 }, (_, i) => i & 0xff)

test('a snapshot reads back, newest first, and old ones go', async () => {
  const store = fileSnapshotStore({ directory: temporaryDirectory(), retain: 2 })
  for (const index of [5, 7, 9]) await take(store, index, body)
  expect(await indexes(store)).toEqual([9, 7])
  expect(Buffer.from(await readAll(store)).equals(body)).toBe(true)
})

test('an unfinished snapshot is not listed and is cleaned up', async () => {
  const directory = temporaryDirectory()
  const store = fileSnapshotStore({ directory })
  await take(store, 5, body)
  const sink = await settled<Parameters<Parameters<SnapshotStore['create']>[1]>[1]>((done) =>
    store.create(metadata(6), done),
  )
  expect(await indexes(store)).toEqual([5])
  expect(await indexes(fileSnapshotStore({ directory }))).toEqual([5])
  expect(readdirSync(directory)).toHaveLength(1)
  await settled((done) => sink!.abort(done))
})

test('a snapshot that was cut off is passed over; the newest good one wins', async () => {
  const directory = temporaryDirectory()
  const store = fileSnapshotStore({ directory })
  await take(store, 5, body)
  await take(store, 6, body)
  const newest = readdirSync(directory).sort().at(-1)!
  truncateSync(join(directory, newest), 4000)
  expect(await indexes(store)).toEqual([5])
})

test('a flipped bit anywhere is noticed before the snapshot is used', async () => {
  const directory = temporaryDirectory()
  const store = fileSnapshotStore({ directory })
  await take(store, 5, body)
  const path = join(directory, readdirSync(directory)[0]!)
  const good = readFileSync(path)
  for (let at = 0; at < good.length; at += 97) {
    const bad = Buffer.from(good)
    bad[at]! ^= 4
    writeFileSync(path, bad)
    const isUsed = (await indexes(store)).length > 0
    if (isUsed) await expect(readAll(store), `byte ${at}`).rejects.toMatchObject({ code: 'DAMAGED' })
  }
})

test('identity and founding record are kept; a damaged one is refused', async () => {
  const directory = temporaryDirectory()
  const store = fileStableStore(directory)
  expect(await settled((done) => store.get('identity', done))).toBeUndefined()
  await settled((done) => store.set('identity', Uint8Array.of(1, 2, 3), done))
  await settled((done) => store.set('identity', Uint8Array.of(4, 5), done))
  expect([...((await readIdentity(directory)) ?? [])]).toEqual([4, 5])
  const path = join(directory, 'identity.bin')
  const bytes = readFileSync(path)
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(path, bytes)
  await expect(settled((done) => store.get('identity', done))).rejects.toMatchObject({ code: 'DAMAGED' })
  writeFileSync(path, 'something else')
  await expect(settled((done) => store.get('identity', done))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
})
