import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openGuard } from 'block-signer'
import { expect, test } from 'vitest'
import { committedChain } from '../support/chain.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const writer = fileURLToPath(new URL('./guard-writer.js', import.meta.url))

test('after kill -9 the guard knows every block that was signed', async () => {
  const chain = committedChain(3000)
  const directory = join(temporaryDirectory(), 'guard')
  const file = join(temporaryDirectory(), 'headers.json')
  writeFileSync(file, JSON.stringify(chain.map(({ headerBytes }) => Buffer.from(headerBytes).toString('hex'))))
  let signed = 0
  for (const lines of [20, 90]) {
    const child = spawn(process.execPath, [writer, directory, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    let count = 0
    for await (const line of createInterface(child.stdout)) {
      signed = Number(line)
      if (++count === lines) child.kill('SIGKILL')
    }
    await exited
    const guard = await openGuard({ directory, chainId: 'test', clusterId: 'ab' })
    expect(guard.mark()!.height).toBeGreaterThanOrEqual(signed)
    for (const { height, hash } of chain.slice(0, signed)) expect(guard.recorded(height)).toEqual(hash)
    await guard.close()
  }
})
