import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { encodeSnapshotMetadata, type SnapshotMetadata } from 'raft-core'
import type { SnapshotSink, SnapshotSource, SnapshotStore, StoredSnapshot } from 'raft-core'
import { fileSnapshotStore } from 'raft-store-level'
import { expect, test } from 'vitest'
import { settled } from './support/promised.ts'
import { temporaryDirectory } from './support/temporary.ts'

const kibibyte = 1024
const body = Uint8Array.from({ length: 200 * kibibyte + 77 }, (_, i) => (i * 7) >> 5)

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

const create = (store: SnapshotStore, index: number): Promise<SnapshotSink> =>
  settled<SnapshotSink>((done) => store.create(metadata(index), done))
const write = (sink: SnapshotSink, bytes: Uint8Array): Promise<void> => settled((done) => sink.write(bytes, done))
const commit = (sink: SnapshotSink): Promise<void> => settled((done) => sink.commit(done))
const abort = (sink: SnapshotSink): Promise<void> => settled((done) => sink.abort(done))
const list = (store: SnapshotStore): Promise<readonly StoredSnapshot[]> =>
  settled<readonly StoredSnapshot[]>((done) => store.list(done))
const open = (store: SnapshotStore, snapshot: StoredSnapshot): Promise<SnapshotSource> =>
  settled<SnapshotSource>((done) => store.open(snapshot, done))
const read = (source: SnapshotSource, offset: number, length: number): Promise<Uint8Array> =>
  settled<Uint8Array>((done) => source.read(offset, length, done))
const close = (source: SnapshotSource): Promise<void> => settled((done) => source.close(done))

async function take(store: SnapshotStore, index: number, bytes: Uint8Array = body): Promise<void> {
  const sink = await create(store, index)
  await write(sink, bytes.subarray(0, 10))
  await write(sink, bytes.subarray(10))
  await commit(sink)
}

async function indexes(store: SnapshotStore): Promise<number[]> {
  return (await list(store)).map((snapshot) => snapshot.metadata.index)
}

async function newest(store: SnapshotStore): Promise<Uint8Array> {
  const source = await open(store, (await list(store))[0]!)
  try {
    return await read(source, 0, source.sizeBytes)
  } finally {
    await close(source)
  }
}

test('a snapshot reads back, newest first, and old ones go', async () => {
  const store = fileSnapshotStore({ directory: temporaryDirectory(), retain: 2 })
  for (const index of [5, 7, 9]) await take(store, index)
  expect(await list(store)).toEqual([9, 7].map((index) => ({ metadata: metadata(index), sizeBytes: body.length })))
  expect(Buffer.from(await newest(store)).equals(body)).toBe(true)
})

test('an empty snapshot is a snapshot', async () => {
  const store = fileSnapshotStore({ directory: temporaryDirectory() })
  await commit(await create(store, 1))
  expect(await list(store)).toMatchObject([{ sizeBytes: 0 }])
  expect(await newest(store)).toHaveLength(0)
})

test('it is written in pieces of any size, and read from anywhere', async () => {
  const cut = fc.nat(body.length)
  await fc.assert(
    fc.asyncProperty(
      fc.array(cut, { maxLength: 8 }),
      fc.array(fc.tuple(cut, cut), { maxLength: 10 }),
      async (cuts, ranges) => {
        const store = fileSnapshotStore({ directory: temporaryDirectory() })
        const sink = await create(store, 1)
        const marks = [0, ...cuts.sort((a, b) => a - b), body.length]
        for (const [i, mark] of marks.entries()) if (i > 0) await write(sink, body.subarray(marks[i - 1], mark))
        await commit(sink)
        const source = await open(store, (await list(store))[0]!)
        for (const [offset, length] of ranges) {
          const bytes = await read(source, offset, length)
          expect(Buffer.from(bytes).equals(body.subarray(offset, offset + length))).toBe(true)
        }
        expect(await read(source, body.length, 10)).toHaveLength(0)
        await close(source)
      },
    ),
    { numRuns: 25 },
  )
}, 60_000)

test('an open snapshot stays readable when retention removes it', async () => {
  const store = fileSnapshotStore({ directory: temporaryDirectory(), retain: 1 })
  await take(store, 5)
  const [old] = await list(store)
  const source = await open(store, old!)
  await take(store, 6)
  expect(await indexes(store)).toEqual([6])
  expect(Buffer.from(await read(source, 0, body.length)).equals(body)).toBe(true)
  await close(source)
  await expect(open(store, old!)).rejects.toMatchObject({ code: 'SNAPSHOT_GONE' })
})

test('an unfinished snapshot is not listed, and is cleaned up at the next start', async () => {
  const directory = temporaryDirectory()
  const store = fileSnapshotStore({ directory })
  await take(store, 5)
  const sink = await create(store, 6)
  await write(sink, body)
  expect(await indexes(store)).toEqual([5])
  expect(readdirSync(directory)).toHaveLength(2)
  expect(await indexes(fileSnapshotStore({ directory }))).toEqual([5])
  expect(readdirSync(directory)).toHaveLength(1)
  await abort(sink)
})

test('a start that cleans up leaves alone what this start creates', async () => {
  const store = fileSnapshotStore({ directory: temporaryDirectory() })
  const [, sink] = await Promise.all([list(store), create(store, 6), list(store)])
  await write(sink, body)
  await commit(sink)
  expect(await indexes(store)).toEqual([6])
})

test('an aborted snapshot leaves nothing', async () => {
  const directory = temporaryDirectory()
  const store = fileSnapshotStore({ directory })
  const sink = await create(store, 6)
  await write(sink, body)
  await abort(sink)
  await abort(sink)
  await expect(commit(sink)).rejects.toMatchObject({ code: 'CLOSED' })
  expect(readdirSync(directory)).toEqual([])
})

test('two that are written for one position do not disturb each other; the one committed last stays', async () => {
  const store = fileSnapshotStore({ directory: temporaryDirectory() })
  const [one, other] = await Promise.all([create(store, 5), create(store, 5)])
  await write(one, body.subarray(0, 100))
  await write(other, body.subarray(0, 200))
  await commit(one)
  await commit(other)
  expect(await list(store)).toMatchObject([{ sizeBytes: 200 }])
})

test('a snapshot above its limit is refused, cannot be committed and leaves nothing', async () => {
  const directory = temporaryDirectory()
  const store = fileSnapshotStore({ directory, maxSnapshotBytes: 1000 })
  const sink = await create(store, 5)
  await write(sink, body.subarray(0, 1000))
  await expect(write(sink, body.subarray(0, 1))).rejects.toMatchObject({ code: 'TOO_LARGE' })
  await expect(commit(sink)).rejects.toMatchObject({ code: 'TOO_LARGE' })
  expect(readdirSync(directory)).toEqual([])
})

test('the newest good one comes first: cut off and damaged ones are passed over, with a line, and stay', async () => {
  const directory = temporaryDirectory()
  for (const index of [5, 6, 7]) await take(fileSnapshotStore({ directory }), index)
  const paths = readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
  truncateSync(paths[2]!, 4000)
  const damaged = readFileSync(paths[1]!)
  damaged[100 * kibibyte]! ^= 1
  writeFileSync(paths[1]!, damaged)
  const warned: object[] = []
  const logger = { debug() {}, info() {}, error() {}, warn: (fields: object) => warned.push(fields) }
  const store = fileSnapshotStore({ directory, logger })
  expect(await indexes(store)).toEqual([5])
  expect(warned).toMatchObject([{ path: paths[2] }, { path: paths[1] }])
  expect(readdirSync(directory)).toHaveLength(3)
})

test('a flipped bit anywhere is noticed before the snapshot is used', async () => {
  const directory = temporaryDirectory()
  await take(fileSnapshotStore({ directory }), 5)
  const path = join(directory, readdirSync(directory)[0]!)
  const good = readFileSync(path)
  const places = [...good.keys()].filter((at) => at < 300 || at > good.length - 40 || at % 4099 === 0)
  for (const at of places) {
    const bad = Buffer.from(good)
    bad[at]! ^= 4
    writeFileSync(path, bad)
    expect(await indexes(fileSnapshotStore({ directory })), `byte ${at}`).toEqual([])
  }
})

test('what goes bad while a snapshot is open is never handed out', async () => {
  const directory = temporaryDirectory()
  const store = fileSnapshotStore({ directory })
  await take(store, 5)
  const source = await open(store, (await list(store))[0]!)
  const path = join(directory, readdirSync(directory)[0]!)
  const bad = readFileSync(path)
  bad[150 * kibibyte]! ^= 1
  writeFileSync(path, bad)
  expect(Buffer.from(await read(source, 0, kibibyte)).equals(body.subarray(0, kibibyte))).toBe(true)
  await expect(read(source, 0, body.length)).rejects.toMatchObject({ code: 'DAMAGED' })
  await close(source)
})

test('a snapshot of the first format is read', async () => {
  const directory = temporaryDirectory()
  const encoded = encodeSnapshotMetadata(metadata(5))
  const file = Buffer.alloc(16 + encoded.length + body.length + 20)
  const trailerAt = 16 + encoded.length + body.length
  file.write('RSNAP1\0\0', 0)
  file.writeUInt32BE(encoded.length, 8)
  file.writeUInt32BE(crc32(encoded), 12)
  file.set(encoded, 16)
  file.set(body, 16 + encoded.length)
  file.writeBigUInt64BE(BigInt(body.length), trailerAt)
  file.writeUInt32BE(crc32(body), trailerAt + 8)
  file.write('RSNAP1\0\0', trailerAt + 12)
  const path = join(directory, '0000000000000005-3.snapshot')
  writeFileSync(path, file)
  expect(Buffer.from(await newest(fileSnapshotStore({ directory }))).equals(body)).toBe(true)
  file[1000]! ^= 1
  writeFileSync(path, file)
  expect(await indexes(fileSnapshotStore({ directory }))).toEqual([])
})

test('a retention that keeps nothing is refused', () => {
  expect(() => fileSnapshotStore({ directory: temporaryDirectory(), retain: 0 })).toThrowError(
    expect.objectContaining({ code: 'INVALID_OPTIONS' }),
  )
})
