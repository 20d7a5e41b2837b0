import { cpSync } from 'node:fs'
import * as fc from 'fast-check'
import type { Entry, HardState, LogWrite, OpenedLog } from 'raft-core'
import { expect, test } from 'vitest'
import { levelLogStore } from 'raft-store-level'
import { entry, hardState } from './support/entries.ts'
import {
  appended,
  compacted,
  emptyModel,
  lastIndex,
  type LogModel,
  plain,
  readFrom,
  reset,
  termRuns,
} from './support/log-model.ts'
import { PromisedLog, settled } from './support/promised.ts'
import { temporaryDirectory } from './support/temporary.ts'

const fraction = fc.double({ min: 0, max: 0.999, noNaN: true })
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('append' as const), sizes: fc.array(fc.nat(300), { maxLength: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('truncate' as const), part: fraction, added: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('vote' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), part: fraction }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), back: fc.nat(3), ahead: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      part: fraction,
      count: fc.nat(20),
      limitBytes: fc.nat(900),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turn' as const), count: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const options = { cacheBytes: 300, batchBytes: 700 }

test('histories with many writes on their way agree with a plain array, and so does what a crash leaves of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const history = await History.begin()
      for (const one of steps) await history.perform(one)
      await history.end()
    }),
    { numRuns: 40 },
  )
}, 120_000)

/** Drives a store without waiting for it, and compares with the model of every moment. */
class History {
  readonly #directory: string
  #log: PromisedLog
  /** The log after each operation, the first before any. */
  #models: LogModel[] = [emptyModel]
  /** Operations of which durability was called back. */
  #acknowledged = 0
  #pending: Promise<void>[] = []
  #term = 1

  constructor(directory: string, log: PromisedLog) {
    this.#directory = directory
    this.#log = log
  }

  static async begin(): Promise<History> {
    const directory = temporaryDirectory()
    const log = new PromisedLog(levelLogStore({ directory, ...options }))
    await log.open()
    return new History(directory, log)
  }

  get #model(): LogModel {
    return this.#models.at(-1)!
  }

  async perform(one: Step): Promise<void> {
    const model = this.#model
    if (one.kind === 'append') this.#append(undefined, one.sizes)
    else if (one.kind === 'vote') this.#vote()
    else if (one.kind === 'truncate') this.#truncate(pick(model, one.part), one.added)
    else if (one.kind === 'compact') this.#compact(pick(model, one.part))
    else if (one.kind === 'reset') this.#reset(Math.max(model.base.index, lastIndex(model) - one.back) + one.ahead)
    else if (one.kind === 'read') this.#read(pick(model, one.part), one.count, one.limitBytes)
    else if (one.kind === 'turn') await turns(one.count)
    else if (one.kind === 'settle') await this.#settle()
    else if (one.kind === 'crash') await this.#crash()
    else await this.#reopen()
  }

  async end(): Promise<void> {
    await this.#reopen()
    await this.#crash()
    await settled((done) => this.#log.store.close(done))
  }

  #append(truncateFrom: number | undefined, sizes: readonly number[], hardState?: HardState): void {
    const from = truncateFrom ?? lastIndex(this.#model) + 1
    const entries = sizes.map((size, i) => entry(from + i, this.#term, size))
    const write: LogWrite = { truncateFrom, entries, hardState }
    this.#ask(appended(this.#model, write), this.#log.append(write))
  }

  #vote(): void {
    this.#term += 1
    this.#append(undefined, [], hardState(this.#term))
  }

  #truncate(from: Entry | undefined, added: number): void {
    if (from === undefined) return
    this.#term += 1
    this.#append(
      from.index,
      Array.from({ length: added }, () => 20),
      hardState(this.#term),
    )
  }

  #compact(at: Entry | undefined): void {
    if (at === undefined) return
    const position = { index: at.index, term: at.term }
    const sequence = this.#models.push(compacted(this.#model, position)) - 1
    this.#pending.push(this.#log.compact(position).then(() => expect(this.#models.length).toBeGreaterThan(sequence)))
  }

  #reset(index: number): void {
    const position = { index, term: this.#term }
    this.#ask(reset(this.#model, position), this.#log.reset(position))
  }

  #ask(next: LogModel, done: Promise<void>): void {
    const sequence = this.#models.push(next) - 1
    this.#pending.push(
      done.then(() => {
        expect(sequence).toBeGreaterThan(this.#acknowledged)
        this.#acknowledged = sequence
      }),
    )
  }

  #read(from: Entry | undefined, count: number, limitBytes: number): void {
    if (from === undefined) return
    const end = Math.min(from.index + 1 + count, lastIndex(this.#model) + 1)
    const expected = plain(readFrom(this.#model, from.index, end, limitBytes))
    const reading = this.#log.read(from.index, end, limitBytes)
    this.#pending.push(reading.then((entries) => expect(plain(entries)).toEqual(expected)))
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#pending.splice(0))
  }

  /** A copy of the directory is what kill -9 leaves: it holds all that was called back, and the operations up to some point. */
  async #crash(): Promise<void> {
    const copy = temporaryDirectory()
    const first = this.#acknowledged
    cpSync(this.#directory, copy, { recursive: true })
    const possible = this.#models.slice(first).map(facts)
    expect(possible).toContainEqual(await stored(copy))
  }

  async #reopen(): Promise<void> {
    const closing = this.#log.store
    await settled((done) => closing.close(done))
    await this.#settle()
    this.#log = new PromisedLog(levelLogStore({ directory: this.#directory, ...options }))
    const opened = await this.#log.open()
    expect(opened).toEqual(openedAs(this.#model))
  }
}

function pick({ entries }: LogModel, part: number): Entry | undefined {
  return entries[Math.floor(part * entries.length)]
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

function openedAs(model: LogModel): OpenedLog {
  const { base, hardState: state } = model
  return { base, hardState: state, lastIndex: lastIndex(model), terms: termRuns(model), damaged: undefined }
}

function facts(model: LogModel): object {
  return { opened: openedAs(model), entries: plain(model.entries) }
}

async function stored(directory: string): Promise<object> {
  const log = new PromisedLog(levelLogStore({ directory }))
  const opened = await log.open()
  const { base, lastIndex: last } = opened
  const entries = last > base.index ? plain(await log.read(base.index + 1, last + 1)) : []
  await settled((done) => log.store.close(done))
  return { opened, entries }
}
