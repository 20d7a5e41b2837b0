import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { levelLogStore } from 'raft-store-level'
import { expect, test } from 'vitest'
import { PromisedLog } from '../support/promised.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const writer = fileURLToPath(new URL('./writer.js', import.meta.url))

test('kill -9 during writes loses nothing that was called back', async () => {
  const directory = temporaryDirectory()
  let acknowledged = 0
  for (const lines of [30, 200, 77]) {
    const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    let count = 0
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line)
      if (++count === lines) child.kill('SIGKILL')
    }
    await exited
    const log = new PromisedLog(levelLogStore({ directory }))
    const { lastIndex, damaged } = await log.open()
    expect(damaged).toBeUndefined()
    expect(lastIndex).toBeGreaterThanOrEqual(acknowledged)
    await log.close()
  }
})
