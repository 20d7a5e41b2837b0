import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import * as fc from 'fast-check'
import { encodeEntry, type Entry, type HardState, initialHardState, type TermRun } from 'raft-core'
import { expect, test } from 'vitest'
import { levelLogStore } from 'raft-store-level'
import { PromisedLog } from './support/promised.ts'
import { temporaryDirectory } from './support/temporary.ts'

const entry = (index: number, term = 1, size = 10): Entry =>
  encodeEntry(index, term, 'command', new Uint8Array(size).fill(index))
const entries = (from: number, to: number, term = 1): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term))
const hardState = (term: number): HardState => ({
  ...initialHardState,
  term,
  votedFor: { id: 'n1', incarnation: 'ab'.repeat(16) },
})
/** What tells entries apart, without caring which kind of byte array holds them. */
const plain = (list: readonly Entry[]): string[] =>
  list.map(({ index, term, record }) => `${index}@${term} ${Buffer.from(record).toString('hex')}`)
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

test('writes become durable in the order in which they were asked for', async () => {
  const log = openLog(temporaryDirectory())
  await log.open()
  const order: number[] = []
  await Promise.all(entries(1, 20).map((one) => log.append({ entries: [one] }).then(() => order.push(one.index))))
  expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  await log.close()
})

test('entries behind the cache come from the disk, and up to it', async () => {
  const log = openLog(temporaryDirectory(), 0)
  await log.open()
  await log.append({ entries: entries(1, 50) })
  await log.append({ entries: entries(51, 52) })
  expect(plain(await log.read(10, 20))).toEqual(plain(entries(10, 19)))
  await log.close()
})

test('an append that leaves a hole is refused and changes nothing', async () => {
  const log = openLog(temporaryDirectory())
  await log.open()
  await log.append({ entries: entries(1, 2) })
  await expect(log.append({ entries: [entry(4)] })).rejects.toMatchObject({ code: 'OUT_OF_ORDER' })
  await log.append({ entries: [entry(3)] })
  expect(plain(await log.read(1, 4))).toEqual(plain(entries(1, 3)))
  await log.close()
})

test('a damaged record is reported, never cut off', async () => {
  const directory = temporaryDirectory()
  const log = openLog(directory)
  await log.open()
  await log.append({ entries: entries(1, 9) })
  await log.close()
  const database = new ClassicLevel<Uint8Array, Uint8Array>(join(directory, 'db'), {
    keyEncoding: 'view',
    valueEncoding: 'view',
  })
  const key = Buffer.from('e00000000')
  key.fill(0, 1)
  key[8] = 5
  const record = Uint8Array.from((await database.get(key))!)
  record[record.length - 1]! ^= 1
  await database.put(key, record)
  await database.close()
  const again = openLog(directory)
  expect(await again.open()).toMatchObject({ lastIndex: 4, damaged: { from: 5, to: 9 } })
  await again.close()
  expect(await openLog(directory).open()).toMatchObject({ damaged: { from: 5, to: 9 } })
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

test('a database of something else is refused', async () => {
  const directory = temporaryDirectory()
  const database = new ClassicLevel(join(directory, 'db'))
  await database.put('hello', 'world')
  await database.close()
  await expect(openLog(directory).open()).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
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
})

/** The log as an array, the slow oracle. */
class Model {
  base = { index: 0, term: 0 }
  entries: Entry[] = []
  hardState = initialHardState

  get lastIndex(): number {
    return this.base.index + this.entries.length
  }

  get terms(): TermRun[] {
    const runs: TermRun[] = []
    for (const { index, term } of this.entries) if (runs.at(-1)?.term !== term) runs.push({ from: index, term })
    return runs
  }
}

test('random histories agree with a plain array, after reopening and in a copy taken at any moment', async () => {
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.nat(6), size: fc.nat(300) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('truncate' as const),
        part: fc.double({ min: 0, max: 0.99, noNaN: true }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('compact' as const),
        part: fc.double({ min: 0, max: 0.99, noNaN: true }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), ahead: fc.nat(50) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const) }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const directory = temporaryDirectory()
      const model = new Model()
      let log = openLog(directory, 500)
      await log.open()
      let term = 1
      for (const step of actions) {
        const last = model.lastIndex
        if (step.kind === 'append') {
          const added = Array.from({ length: step.count }, (_, i) => entry(last + 1 + i, term, step.size))
          model.entries.push(...added)
          model.hardState = hardState(term)
          await log.append({ entries: added, hardState: model.hardState })
        } else if (step.kind === 'truncate' && model.entries.length > 0) {
          const from = model.base.index + 1 + Math.floor(step.part * model.entries.length)
          term += 1
          model.entries = [...model.entries.filter(({ index }) => index < from), entry(from, term)]
          await log.append({ truncateFrom: from, entries: [entry(from, term)] })
        } else if (step.kind === 'compact' && model.entries.length > 0) {
          const at = Math.floor(step.part * model.entries.length)
          const { index, term: baseTerm } = model.entries[at]!
          model.entries = model.entries.slice(at + 1)
          model.base = { index, term: baseTerm }
          await log.compact(model.base)
        } else if (step.kind === 'reset') {
          model.base = { index: last + step.ahead, term }
          model.entries = []
          await log.reset(model.base)
        } else if (step.kind === 'reopen') {
          await log.close()
          log = openLog(directory, 500)
          await log.open()
        } else if (step.kind === 'copy') {
          const copy = temporaryDirectory()
          cpSync(directory, copy, { recursive: true })
          const copied = openLog(copy)
          expect(await copied.open()).toMatchObject({ lastIndex: last, base: model.base, hardState: model.hardState })
          await copied.close()
        }
        if (model.entries.length > 0)
          expect(plain(await log.read(model.base.index + 1, model.lastIndex + 1))).toEqual(plain(model.entries))
      }
      await log.close()
      const opened = await openAndClose(directory)
      const { base, lastIndex, terms } = model
      expect(opened).toMatchObject({ base, lastIndex, terms, hardState: model.hardState, damaged: undefined })
    }),
    { numRuns: 40 },
  )
}, 120_000)

async function openAndClose(directory: string): Promise<object> {
  const log = openLog(directory)
  const opened = await log.open()
  await log.close()
  return opened
}
