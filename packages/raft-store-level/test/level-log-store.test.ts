import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ClassicLevel } from 'classic-level'
import { encodeHardState, initialHardState } from 'raft-core'
import { expect, test } from 'vitest'
import { levelLogStore } from 'raft-store-level'
import { entries, entry, hardState } from './support/entries.ts'
import { plain } from './support/log-model.ts'
import { PromisedLog } from './support/promised.ts'
import { entryKey, filesOf, tamper } from './support/raw-database.ts'
import { temporaryDirectory } from './support/temporary.ts'

const openLog = (directory: string, cacheBytes?: number): PromisedLog =>
  new PromisedLog(levelLogStore({ directory, ...(cacheBytes !== undefined && { cacheBytes }) }))

test('an empty store opens empty', async () => {
  const log = openLog(temporaryDirectory())
  expect(await log.open()).toEqual({
    hardState: initialHardState,
    base: { index: 0, term: 0 },
    lastIndex: 0,
    terms: [],
    damaged: undefined,
  })
  await log.close()
})

test('entries, term and vote are there after reopening', async () => {
  const directory = temporaryDirectory()
  const log = openLog(directory)
  await log.open()
  await log.append({ entries: [...entries(1, 3), ...entries(4, 5, 2)], hardState: hardState(2) })
  await log.close()
  const again = openLog(directory)
  const opened = await again.open()
  expect(opened).toMatchObject({
    hardState: hardState(2),
    lastIndex: 5,
    terms: [
      { from: 1, term: 1 },
      { from: 4, term: 2 },
    ],
  })
  expect(plain(await again.read(1, 6))).toEqual(plain([...entries(1, 3), ...entries(4, 5, 2)]))
  await again.close()
})

test('a read sees what was asked for before it, durable or not, within its bytes', async () => {
  const log = openLog(temporaryDirectory())
  await log.open()
  const writing = log.append({ entries: entries(1, 10) })
  const size = entry(1).record.length
  expect(plain(await log.read(3, 11, 2 * size))).toEqual(plain(entries(3, 4)))
  expect(plain(await log.read(3, 11, 1))).toEqual(plain(entries(3, 3)))
  await writing
  await log.close()
})

test('entries that took the place of others are never served as the others, however little is cached', async () => {
  const log = openLog(temporaryDirectory(), 0)
  await log.open()
  const first = log.append({ entries: entries(1, 5) })
  const second = log.append({ truncateFrom: 3, entries: entries(3, 5, 2) })
  await first
  expect(plain(await log.read(1, 6))).toEqual(plain([...entries(1, 2), ...entries(3, 5, 2)]))
  await second
  expect(plain(await log.read(3, 6))).toEqual(plain(entries(3, 5, 2)))
  await log.close()
})

test('writes become durable in the order in which they were asked for', async () => {
  const log = openLog(temporaryDirectory())
  await log.open()
  const order: number[] = []
  await Promise.all(entries(1, 20).map((one) => log.append({ entries: [one] }).then(() => order.push(one.index))))
  expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  await log.close()
})

test('writes larger than a batch may be go one by one, still in order', async () => {
  const log = new PromisedLog(levelLogStore({ directory: temporaryDirectory(), batchBytes: 1 }))
  await log.open()
  const order: number[] = []
  await Promise.all(entries(1, 4).map((one) => log.append({ entries: [one] }).then(() => order.push(one.index))))
  expect(order).toEqual([1, 2, 3, 4])
  expect(plain(await log.read(1, 5))).toEqual(plain(entries(1, 4)))
  await log.close()
})

test('nothing is called back before the call has returned', async () => {
  const { store } = openLog(temporaryDirectory())
  const returned = (call: (done: () => void) => void): Promise<boolean> => {
    let hasReturned = false
    const calledBack = new Promise<boolean>((resolve) => call(() => resolve(hasReturned)))
    hasReturned = true
    return calledBack
  }
  const write = { truncateFrom: undefined, entries: [], hardState: undefined }
  expect(await returned((done) => store.append(write, done))).toBe(true)
  expect(await returned((done) => store.read(1, 2, 1, done))).toBe(true)
  expect(await returned((done) => store.open(done))).toBe(true)
  expect(await returned((done) => store.append({ ...write, entries: [entry(9)] }, done))).toBe(true)
  expect(await returned((done) => store.append({ ...write, entries: [entry(1)] }, done))).toBe(true)
  expect(await returned((done) => store.read(1, 2, 1, done))).toBe(true)
  expect(await returned((done) => store.compact({ index: 1, term: 1 }, done))).toBe(true)
  expect(await returned((done) => store.reset({ index: 1, term: 1 }, done))).toBe(true)
  expect(await returned((done) => store.close(done))).toBe(true)
})

test('entries behind the cache come from the disk, and up to it', async () => {
  const log = openLog(temporaryDirectory(), 0)
  await log.open()
  await log.append({ entries: entries(1, 600) })
  const writing = log.append({ entries: entries(601, 602) })
  expect(plain(await log.read(10, 20))).toEqual(plain(entries(10, 19)))
  expect(plain(await log.read(10, 603))).toEqual(plain(entries(10, 602)))
  await writing
  await log.close()
})

test.each([
  { what: 'an append that leaves a hole', ask: (log: PromisedLog) => log.append({ entries: [entry(5)] }) },
  { what: 'a hole inside an append', ask: (log: PromisedLog) => log.append({ entries: [entry(4, 2), entry(6, 2)] }) },
  { what: 'a term that falls', ask: (log: PromisedLog) => log.append({ entries: [entry(4, 1)] }) },
  { what: 'a truncation of what is compacted', ask: (log: PromisedLog) => log.append({ truncateFrom: 1 }) },
  { what: 'a compaction beyond the end', ask: (log: PromisedLog) => log.compact({ index: 4, term: 2 }) },
  { what: 'a compaction at another term', ask: (log: PromisedLog) => log.compact({ index: 2, term: 2 }) },
  { what: 'a snapshot older than the start', ask: (log: PromisedLog) => log.reset({ index: 0, term: 0 }) },
])('$what is refused and changes nothing', async ({ ask }) => {
  const log = openLog(temporaryDirectory())
  await log.open()
  await log.append({ entries: [...entries(1, 2), entry(3, 2)] })
  await log.compact({ index: 1, term: 1 })
  await expect(ask(log)).rejects.toMatchObject({ code: 'OUT_OF_ORDER' })
  await log.append({ entries: [entry(4, 2)] })
  expect(plain(await log.read(2, 5))).toEqual(plain([entry(2), ...entries(3, 4, 2)]))
  await log.close()
})

test('compacted entries leave the database, also when a crash came before', async () => {
  const directory = temporaryDirectory()
  const log = openLog(directory)
  await log.open()
  await log.append({ entries: entries(1, 5) })
  await log.compact({ index: 3, term: 1 })
  await log.close()
  const keys = (): Promise<number> => tamper(directory, async (database) => (await database.keys().all()).length)
  const compacted = await keys()
  await tamper(directory, (database) => database.put(entryKey(2), entry(2).record))
  const again = openLog(directory)
  expect(await again.open()).toMatchObject({ base: { index: 3, term: 1 }, lastIndex: 5, damaged: undefined })
  await again.close()
  expect(await keys()).toBe(compacted)
})

test('compacted entries are given back to the disk', async () => {
  const directory = temporaryDirectory()
  const open = async (): Promise<PromisedLog> => {
    const log = new PromisedLog(levelLogStore({ directory, reclaimBytes: 256 * 1024, writeBufferBytes: 64 * 1024 }))
    await log.open()
    return log
  }
  const bytes = (): number => filesOf(directory, '').reduce((sum, path) => sum + statSync(path).size, 0)
  const log = await open()
  for (let index = 1; index <= 100; index++) await log.append({ entries: [entry(index, 1, 40_000)] })
  await log.close()
  expect(bytes()).toBeGreaterThan(3_000_000)
  const again = await open()
  await again.compact({ index: 95, term: 1 })
  await again.close()
  expect(bytes()).toBeLessThan(1_000_000)
})

test('closing lets a long read come to its end', async () => {
  const log = openLog(temporaryDirectory(), 0)
  await log.open()
  await log.append({ entries: entries(1, 2000) })
  const reading = log.read(1, 2001)
  await log.close()
  expect(plain(await reading)).toEqual(plain(entries(1, 2000)))
})

test('closing finishes the writes and reads that were asked for', async () => {
  const directory = temporaryDirectory()
  const log = openLog(directory, 0)
  await log.open()
  await log.append({ entries: entries(1, 3) })
  const reading = log.read(1, 4)
  const writes = [log.append({ entries: entries(4, 5) }), log.compact({ index: 2, term: 1 })]
  await log.close()
  expect(plain(await reading)).toEqual(plain(entries(1, 3)))
  await Promise.all(writes)
  const again = openLog(directory)
  expect(await again.open()).toMatchObject({ base: { index: 2, term: 1 }, lastIndex: 5 })
  await again.close()
})

test('a directory that is held is refused, naming the holder', async () => {
  const directory = temporaryDirectory()
  const log = openLog(directory)
  await log.open()
  await expect(openLog(directory).open()).rejects.toMatchObject({
    code: 'DIRECTORY_LOCKED',
    message: expect.stringContaining(String(process.pid)),
  })
  await log.close()
})

test('a database of something else, or of a newer version, is refused and left as it is', async () => {
  const directory = temporaryDirectory()
  const database = new ClassicLevel(join(directory, 'db'))
  await database.put('hello', 'world')
  await database.close()
  await expect(openLog(directory).open()).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  expect(await tamper(directory, (raw) => raw.keys().all())).toHaveLength(1)
  await tamper(directory, (raw) => raw.put(Buffer.from('mformat'), Buffer.from('raft-log 99')))
  await expect(openLog(directory).open()).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
})

test('a log of the first format is brought up to date, by one synced write', async () => {
  const directory = temporaryDirectory()
  const base = Buffer.alloc(20)
  base.writeBigUInt64BE(3n, 0)
  base.writeBigUInt64BE(1n, 8)
  base.writeUInt32BE(crc32(base.subarray(0, 16)), 16)
  await tamper(directory, async (database) => {
    const batch = database.batch()
    batch.put(Buffer.from('mformat'), Buffer.from('raft-log 1')).put(Buffer.from('mbase'), base)
    batch.put(Buffer.from('mhard-state'), encodeHardState(hardState(2)))
    for (const one of [...entries(3, 5), ...entries(6, 7, 2)]) batch.put(entryKey(one.index), one.record)
    await batch.write({ sync: true })
  })
  const expected = {
    hardState: hardState(2),
    base: { index: 3, term: 1 },
    lastIndex: 7,
    terms: [
      { from: 4, term: 1 },
      { from: 6, term: 2 },
    ],
    damaged: undefined,
  }
  for (let start = 0; start < 2; start++) {
    const log = openLog(directory)
    expect(await log.open()).toEqual(expected)
    expect(plain(await log.read(4, 8))).toEqual(plain([...entries(4, 5), ...entries(6, 7, 2)]))
    await log.close()
  }
})

test('a directory that cannot be made is refused', async () => {
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, '')
  await expect(openLog(join(file, 'log')).open()).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' })
})

test('a closed store refuses writes and reads', async () => {
  const log = openLog(temporaryDirectory())
  await log.open()
  await log.close()
  await expect(log.append({ entries: [entry(1)] })).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(log.read(1, 2)).rejects.toMatchObject({ code: 'CLOSED' })
  await log.close()
})
