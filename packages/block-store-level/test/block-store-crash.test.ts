import { cpSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { type BlockStoreStatus, transactionHash } from 'block-fsm'
import { type LevelBlockStore, openBlockStore } from 'block-store-level'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { committedChain, executed, rootAfter } from './support/chain.ts'
import { logFile } from './support/log-file.ts'
import { closeLater, temporaryDirectory } from './support/temporary.ts'

const chains = [committedChain(12), committedChain(12, { variant: 1 })] as const

type Step = 'put' | 'headers' | 'execute' | 'replace'

const anyStep: fc.Arbitrary<Step> = fc.constantFrom('put', 'headers', 'execute', 'replace')

/** A store that changes chains now and then, as one does that was restored from a copy. */
class Story {
  readonly #store: LevelBlockStore
  #chain: 0 | 1 = 0

  constructor(store: LevelBlockStore) {
    this.#store = store
  }

  async take(step: Step): Promise<void> {
    const { contiguous, executed: done } = this.#store.status()
    const chain = chains[this.#chain]
    if (step === 'put') return this.#store.putBlocks(chain.slice(contiguous, contiguous + 2))
    if (step === 'headers') return this.#store.putHeaders(chain.slice(contiguous + 4, contiguous + 6))
    if (step === 'execute') return this.#store.putExecution(await executed(chain.slice(done, contiguous)), { c: done })
    await this.#store.quarantine(1, 'another chain')
    this.#chain = this.#chain === 0 ? 1 : 0
  }
}

test('a store cut off anywhere stands where it stood after some write, and is whole', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { minLength: 1, maxLength: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (steps, cut) => {
        const directory = temporaryDirectory()
        const store = await open(directory)
        const story = new Story(store)
        const marks = [{ logBytes: statSync(logFile(directory)).size, status: store.status() }]
        for (const step of steps) {
          await story.take(step)
          marks.push({ logBytes: statSync(logFile(directory)).size, status: store.status() })
        }
        const copy = join(temporaryDirectory(), 'copy')
        cpSync(directory, copy, { recursive: true })
        await store.close()
        const from = marks[0]!.logBytes
        const logBytes = from + Math.round(cut * (statSync(logFile(copy)).size - from))
        truncateSync(logFile(copy), logBytes)
        const again = await open(copy)
        const at = marks.findLastIndex((mark) => mark.logBytes <= logBytes)
        // A write of two batches may be seen half way; then it is finished at opening.
        const allowed = marks.slice(at, at + 2).map(({ status }) => status)
        expect(allowed).toContainEqual(again.status())
        await requireWhole(again, again.status())
      },
    ),
    { numRuns: 60 },
  )
})

test('a large quarantine that was cut off in the middle is finished at the next opening', async () => {
  const directory = temporaryDirectory()
  const store = await open(directory)
  const large = committedChain(100, { txs: (height) => [new Uint8Array(60_000).fill(height)] })
  await store.putBlocks(large)
  await store.putExecution(await executed(large.slice(0, 60)))
  const before = statSync(logFile(directory)).size
  await store.quarantine(11, 'another chain')
  const after = statSync(logFile(directory)).size
  for (const part of [0.2, 0.7, 1]) {
    const copy = join(temporaryDirectory(), 'copy')
    cpSync(directory, copy, { recursive: true })
    truncateSync(logFile(copy), Math.round(before + part * (after - before)))
    const again = await open(copy)
    expect(again.status()).toMatchObject({ contiguous: 10, highest: 10, executed: 10, headers: [{ from: 1, to: 10 }] })
    expect(await again.quarantined()).toEqual([{ from: 11, to: 100, reason: 'another chain' }])
    for (const { height, hash, data } of large) {
      expect(await again.heightOf(hash)).toBe(height <= 10 ? height : undefined)
      expect(await again.findTransaction(transactionHash(data.txs[0]!))).toHaveLength(height <= 10 ? 1 : 0)
    }
    await again.putBlocks(large.slice(10))
    expect(again.status().contiguous).toBe(100)
  }
})

async function open(directory: string): Promise<LevelBlockStore> {
  const options = { directory, chainId: 'test', initialHeight: 1, genesisRoot: rootAfter(0) }
  return closeLater(await openBlockStore(options))
}

async function requireWhole(
  store: LevelBlockStore,
  { headers, blocks, executed: done }: BlockStoreStatus,
): Promise<void> {
  for (let height = 1; height <= 12; height++) {
    const record = await store.get(height)
    const isIn = (intervals: typeof headers): boolean =>
      intervals.some(({ from, to }) => from <= height && height <= to)
    expect([record !== undefined, record?.data !== undefined]).toEqual([isIn(headers), isIn(blocks)])
    for (const chain of chains) {
      const { hash } = chain[height - 1]!
      const isHere = record !== undefined && Buffer.compare(record.hash, hash) === 0
      expect(await store.heightOf(hash)).toBe(isHere ? height : undefined)
    }
    expect((await store.state(height))?.stateRoot).toEqual(height <= done ? rootAfter(height) : undefined)
    const places = await store.findTransaction(transactionHash(Buffer.from(`${height}=1`)))
    expect(places.map((place) => place.height)).toEqual(height <= done ? [height] : [])
  }
}
