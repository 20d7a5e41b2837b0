import { rmSync } from 'node:fs'
import type { LogWrite } from 'raft-core'
import { expect, test } from 'vitest'
import { levelLogStore, StoreError } from 'raft-store-level'
import { entries, entry, hardState } from './support/entries.ts'
import { appended, compacted, emptyModel, type LogModel, plain, termRuns } from './support/log-model.ts'
import { PromisedLog } from './support/promised.ts'
import { copyOf, entryKey, filesOf, flipByte, flipLastBit, tamper } from './support/raw-database.ts'
import { temporaryDirectory } from './support/temporary.ts'

const openLog = (directory: string): PromisedLog => new PromisedLog(levelLogStore({ directory }))

/** A closed log of entries 1 to 9: four of term 1, then term 3. */
async function writtenLog(): Promise<string> {
  const directory = temporaryDirectory()
  const log = openLog(directory)
  await log.open()
  await log.append({ entries: entries(1, 4), hardState: hardState(1) })
  await log.append({ entries: entries(5, 9, 3), hardState: hardState(3) })
  await log.close()
  return directory
}

/** What a log opens as, and the entries that it then serves. */
async function openedAndServed(directory: string): Promise<LogModel & { readonly isDamaged: boolean }> {
  const log = openLog(directory)
  const { base, hardState: state, lastIndex, terms, damaged } = await log.open()
  const served = lastIndex > base.index ? await log.read(base.index + 1, lastIndex + 1) : []
  await log.close()
  const found = { base, entries: served, hardState: state }
  expect(terms).toEqual(termRuns(found))
  return { ...found, isDamaged: damaged !== undefined }
}

test('a record that does not match its checksum is reported with all behind it, and nothing is cut off', async () => {
  const directory = await writtenLog()
  await tamper(directory, (database) => flipLastBit(database, entryKey(6)))
  for (let start = 0; start < 2; start++) {
    const log = openLog(directory)
    expect(await log.open()).toMatchObject({ lastIndex: 5, damaged: { from: 6, to: 9 }, hardState: hardState(3) })
    expect(plain(await log.read(1, 6))).toEqual(plain([...entries(1, 4), entry(5, 3)]))
    await log.append({ hardState: hardState(4 + start) })
    await log.append({ hardState: hardState(3) })
    await log.close()
  }
})

test('lost entries at the end stay reported while only votes are written', async () => {
  const directory = await writtenLog()
  await tamper(directory, async (database) => {
    for (const index of [8, 9]) await database.del(entryKey(index))
  })
  for (let start = 0; start < 2; start++) {
    const log = openLog(directory)
    expect(await log.open()).toMatchObject({ lastIndex: 7, damaged: { from: 8, to: 9 } })
    await log.append({ hardState: hardState(4) })
    await log.compact({ index: 2 + start, term: 1 })
    await log.close()
  }
})

test('entries that a lost write had dropped are not served', async () => {
  const directory = await writtenLog()
  await tamper(directory, (database) => database.put(entryKey(10), entry(10, 3).record))
  const log = openLog(directory)
  expect(await log.open()).toMatchObject({ lastIndex: 9, damaged: { from: 10, to: 10 } })
  await log.close()
})

test.each([
  { what: 'a hole', harm: 5, put: undefined, damaged: { from: 5, to: 9 }, lastIndex: 4 },
  { what: 'a record in another place', harm: 7, put: entry(8, 3), damaged: { from: 7, to: 9 }, lastIndex: 6 },
  { what: 'a term that falls', harm: 8, put: entry(8, 2), damaged: { from: 8, to: 9 }, lastIndex: 7 },
  {
    what: 'bytes behind a record',
    harm: 9,
    put: { record: Buffer.concat([entry(9, 3).record, Buffer.of(0)]) },
    damaged: { from: 9, to: 9 },
    lastIndex: 8,
  },
  {
    what: 'a term that begins where none was begun',
    harm: 7,
    put: entry(7, 4),
    damaged: { from: 5, to: 9 },
    lastIndex: 4,
  },
  {
    what: 'a term that does not begin where it was begun',
    harm: 5,
    put: entry(5, 1),
    damaged: { from: 1, to: 9 },
    lastIndex: 0,
  },
])('$what is recognised', async ({ harm, put, damaged, lastIndex }) => {
  const directory = await writtenLog()
  await tamper(directory, (database) => (put ? database.put(entryKey(harm), put.record) : database.del(entryKey(harm))))
  const log = openLog(directory)
  expect(await log.open()).toMatchObject({ lastIndex, damaged })
  await log.close()
})

test('what is written where the damage began replaces all of it, so nothing from behind it comes back', async () => {
  const directory = await writtenLog()
  await tamper(directory, (database) => flipLastBit(database, entryKey(6)))
  const log = openLog(directory)
  await log.open()
  await log.append({ entries: [entry(6, 3)] })
  await log.close()
  expect(await openedAndServed(directory)).toMatchObject({ isDamaged: false, entries: { length: 6 } })
})

test('a snapshot that ends inside a damaged range replaces all of it', async () => {
  const directory = await writtenLog()
  await tamper(directory, (database) => flipLastBit(database, entryKey(6)))
  const log = openLog(directory)
  await log.open()
  await log.reset({ index: 7, term: 3 })
  await log.close()
  const again = openLog(directory)
  expect(await again.open()).toMatchObject({ base: { index: 7, term: 3 }, lastIndex: 7, damaged: undefined })
  await again.close()
})

test('an entry that went bad after the start is an error, never served', async () => {
  const directory = temporaryDirectory()
  const written = openLog(directory)
  await written.open()
  await written.append({ entries: entries(1, 40, 1, 20_000) })
  await written.close()
  // Reopened, all of it is in one table that nothing rewrites.
  const log = new PromisedLog(levelLogStore({ directory, cacheBytes: 0 }))
  await log.open()
  const [table] = filesOf(directory, '.ldb')
  for (let at = 5000; at < 60_000; at += 5000) flipByte(table!, at)
  const reads = await Promise.allSettled(entries(1, 40).map(({ index }) => log.read(index, index + 1)))
  const refused = reads.filter((read) => read.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  for (const { reason } of refused) expect(['DAMAGED', 'READ_FAILED']).toContain(reason.code)
  for (const [i, read] of reads.entries())
    if (read.status === 'fulfilled') expect(plain(read.value)).toEqual(plain([entry(i + 1, 1, 20_000)]))
  await log.close()
})

test('term and vote that do not match their checksum are refused', async () => {
  const directory = await writtenLog()
  await tamper(directory, (database) => flipLastBit(database, Buffer.from('mstate')))
  await expect(openLog(directory).open()).rejects.toMatchObject({ code: 'DAMAGED' })
  await tamper(directory, (database) => database.del(Buffer.from('mstate')))
  await expect(openLog(directory).open()).rejects.toMatchObject({ code: 'DAMAGED' })
})

test.each(['CURRENT', 'MANIFEST-*', '*.ldb', '*.log', '*'])(
  'a database that lost its %s is refused, not begun anew',
  async (lost) => {
    const directory = await writtenLog()
    if (lost === '*.ldb') await openedAndServed(directory)
    const ending = lost.startsWith('*') ? lost.slice(1) : ''
    const isLost = (path: string): boolean =>
      ending === '' ? path.includes(lost.replace('*', '')) || lost === '*' : path.endsWith(ending)
    for (const path of filesOf(directory, '')) if (isLost(path)) rmSync(path)
    await expect(openLog(directory).open()).rejects.toMatchObject({ code: 'DAMAGED' })
    await expect(openLog(directory).open()).rejects.toMatchObject({ code: 'DAMAGED' })
  },
)

/** Writes with every shape that a lost one could hide in, each larger than a block of the write-ahead log. */
const size = 34_000
const writes: LogWrite[] = [
  { truncateFrom: undefined, entries: entries(1, 2, 1, size), hardState: hardState(1) },
  { truncateFrom: undefined, entries: entries(3, 4, 1, size), hardState: undefined },
  { truncateFrom: 3, entries: entries(3, 3, 2, size), hardState: hardState(2) },
  { truncateFrom: undefined, entries: entries(4, 5, 2, size), hardState: undefined },
  { truncateFrom: undefined, entries: entries(6, 6, 4, size), hardState: hardState(4) },
  { truncateFrom: 5, entries: entries(5, 5, 3, size), hardState: hardState(5) },
  { truncateFrom: undefined, entries: [entry(6, 6, size)], hardState: hardState(6) },
  { truncateFrom: 6, entries: [], hardState: undefined },
  { truncateFrom: undefined, entries: entries(6, 7, 7, size), hardState: hardState(7) },
]

/** A closed log with those writes and a compaction, and the log after each of them. */
async function variedLog(): Promise<{ directory: string; models: LogModel[] }> {
  const directory = temporaryDirectory()
  const log = openLog(directory)
  await log.open()
  const models = [emptyModel]
  for (const write of writes) {
    models.push(appended(models.at(-1)!, write))
    await log.append(write)
  }
  models.push(compacted(models.at(-1)!, { index: 1, term: 1 }))
  await log.compact({ index: 1, term: 1 })
  await log.close()
  return { directory, models }
}

const isPrefix = (part: readonly string[], whole: readonly string[]): boolean =>
  part.every((one, i) => one === whole[i])

test('a byte that flips anywhere in the write-ahead log leaves the log as it once was, or is reported', async () => {
  const { directory, models } = await variedLog()
  const length = models.length * size
  const outcomes = { earlier: 0, damaged: 0 }
  for (let at = 11; at < length; at += 7919) {
    const copy = copyOf(directory)
    flipByte(filesOf(copy, '.log')[0]!, at)
    const { isDamaged, ...found } = await openedAndServed(copy)
    const sameVote = models.filter((model) => model.hardState.term === found.hardState.term)
    if (isDamaged) {
      const served = plain(found.entries)
      const startAt = (model: LogModel): string[] =>
        plain(model.entries.filter(({ index }) => index > found.base.index))
      expect(
        sameVote.some((model) => isPrefix(served, startAt(model))),
        `byte ${at}`,
      ).toBe(true)
    } else {
      expect(
        models.map((model) => [plain(model.entries), model.hardState.term]),
        `byte ${at}`,
      ).toContainEqual([plain(found.entries), found.hardState.term])
    }
    outcomes[isDamaged ? 'damaged' : 'earlier'] += 1
    rmSync(copy, { recursive: true })
  }
  expect(outcomes.damaged).toBeGreaterThan(0)
  expect(outcomes.earlier).toBeGreaterThan(0)
}, 60_000)

test('a byte that flips anywhere in a table leaves the log as it is, or is reported', async () => {
  const { directory, models } = await variedLog()
  await openedAndServed(directory)
  const [table] = filesOf(directory, '.ldb')
  const final = models.at(-1)!
  const outcomes = { same: 0, damaged: 0, refused: 0 }
  for (let at = 3; at < 7 * size + 500; at += at < 7 * size ? 9973 : 13) {
    const copy = copyOf(directory)
    flipByte(table!.replace(directory, copy), at)
    const found = await openedAndServed(copy).catch((error: unknown) => error)
    if (found instanceof StoreError) {
      expect(['DAMAGED', 'READ_FAILED', 'FORMAT_UNKNOWN']).toContain(found.code)
      outcomes.refused += 1
    } else {
      const { isDamaged, entries: served, hardState: state } = found as Awaited<ReturnType<typeof openedAndServed>>
      expect(state).toEqual(final.hardState)
      expect(isPrefix(plain(served), plain(final.entries)), `byte ${at}`).toBe(true)
      if (!isDamaged) expect(served).toHaveLength(final.entries.length)
      outcomes[isDamaged ? 'damaged' : 'same'] += 1
    }
    rmSync(copy, { recursive: true })
  }
  expect(outcomes.damaged + outcomes.refused).toBeGreaterThan(0)
}, 60_000)

test('writes that the database left out are told of', async () => {
  const { directory } = await variedLog()
  flipByte(filesOf(directory, '.log')[0]!, 3 * size)
  const warnings: string[] = []
  const logger = { debug() {}, info() {}, error() {}, warn: (_: object, message: string) => warnings.push(message) }
  const log = new PromisedLog(levelLogStore({ directory, logger }))
  await log.open()
  await log.close()
  expect(warnings).toEqual([expect.stringContaining('left out writes')])
})
