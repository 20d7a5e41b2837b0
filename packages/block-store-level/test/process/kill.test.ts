import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openBlockStore, openJournal } from 'block-store-level'
import { expect, test } from 'vitest'
import { committedChain } from '../support/chain.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const writer = fileURLToPath(new URL('./writer.js', import.meta.url))

/** Runs the writer until it said `lines` numbers, kills it, and gives the highest it said. */
async function runUntilKilled(lines: number, ...args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let highest = 0
  let count = 0
  for await (const line of createInterface(child.stdout)) {
    highest = Math.max(highest, Number(line))
    if (++count === lines) child.kill('SIGKILL')
  }
  await exited
  return highest
}

test('after kill -9 the journal holds every transaction that was acknowledged, without a hole', async () => {
  const directory = temporaryDirectory()
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(2)
  for (const lines of [10, 300, 77]) {
    const acknowledged = await runUntilKilled(lines, 'journal', directory)
    const journal = await openJournal({ directory, chainId: 'test', bootCounter: 1, random })
    expect(journal.id).toEqual(new Uint8Array(16).fill(1))
    expect(journal.lastSequence).toBeGreaterThanOrEqual(acknowledged)
    const kept = await journal.read(1, 1e9)
    const first = journal.firstSequence
    expect(kept.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: journal.lastSequence - first + 1 }, (_, i) => first + i),
    )
    await journal.close()
  }
})

test('after kill -9 the store holds every block that was stored and executed', async () => {
  const directory = temporaryDirectory()
  const file = join(temporaryDirectory(), 'headers.json')
  const chain = committedChain(3000, { txs: () => [] })
  writeFileSync(file, JSON.stringify(chain.map(({ headerBytes }) => Buffer.from(headerBytes).toString('hex'))))
  for (const lines of [10, 200, 77]) {
    const acknowledged = await runUntilKilled(lines, 'store', directory, file)
    const store = await openBlockStore({
      directory,
      chainId: 'test',
      initialHeight: 1,
      genesisRoot: new Uint8Array(32),
    })
    const { contiguous, executed } = store.status()
    expect(executed).toBeGreaterThanOrEqual(acknowledged)
    expect(contiguous).toBeGreaterThanOrEqual(executed)
    const records = await store.range(1, contiguous, 1e9)
    expect(records.map(({ hash }) => hash)).toEqual(chain.slice(0, contiguous).map(({ hash }) => hash))
    await store.close()
  }
})
