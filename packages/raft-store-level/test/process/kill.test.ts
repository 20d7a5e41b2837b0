import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { encodeEntry, type Entry } from 'raft-core'
import { levelLogStore } from 'raft-store-level'
import { expect, test } from 'vitest'
import { plain } from '../support/log-model.ts'
import { PromisedLog } from '../support/promised.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const writer = fileURLToPath(new URL('./writer.js', import.meta.url))

test('kill -9 during writes loses nothing that was called back, and leaves no write by half', async () => {
  const directory = temporaryDirectory()
  let acknowledged = 0
  for (const lines of [30, 200, 77, 1000]) {
    const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    let count = 0
    for await (const line of linesOf(child)) {
      acknowledged = Number(line)
      if (++count === lines) child.kill('SIGKILL')
    }
    expect(await writesIn(directory)).toBeGreaterThanOrEqual(acknowledged)
  }
})

test('after a failed write the store refuses every later one, and what was called back is there', async () => {
  const directory = temporaryDirectory()
  const limited = ['-c', 'ulimit -f 200 && exec "$0" "$@"', process.execPath, writer, directory]
  const child = spawn('/bin/sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  for await (const line of linesOf(child)) lines.push(line)
  const acknowledged = lines.findLast((line) => Number(line) > 0)
  expect(lines.filter((line) => !(Number(line) > 0))).toEqual(
    expect.arrayContaining(['failed WRITE_FAILED', 'refused']),
  )
  expect(lines).not.toContain('written after a failure')
  expect(await writesIn(directory)).toBeGreaterThanOrEqual(Number(acknowledged))
})

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  const exited = once(child, 'exit')
  yield* createInterface(child.stdout!)
  await exited
}

/** How many of the writer's writes a directory holds; all of each, or this fails. */
async function writesIn(directory: string): Promise<number> {
  const log = new PromisedLog(levelLogStore({ directory }))
  const { lastIndex, damaged, hardState } = await log.open()
  expect(damaged).toBeUndefined()
  const found = await log.read(1, lastIndex + 1)
  await log.close()
  expect(plain(found)).toEqual(plain(logAfter(hardState.term)))
  return hardState.term
}

function logAfter(writes: number): Entry[] {
  const log: Entry[] = []
  for (let n = 1; n <= writes; n++) {
    if (n % 5 === 0) log.pop()
    for (let i = 0; i < (n % 5 === 0 ? 2 : 1); i++) {
      log.push(encodeEntry(log.length + 1, n, 'command', new Uint8Array(200 + (n % 1000)).fill(n)))
    }
  }
  return log
}
