import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { modes, open, valueOf } from '../support/executor.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const writer = fileURLToPath(new URL('./executor-writer.js', import.meta.url))

test.each(modes)(
  '%s: after kill -9 the state is that after some block, whole, and goes on to the same roots',
  async (mode) => {
    const directory = temporaryDirectory()
    const roots = new Map<number, string>()
    for (const lines of [5, 60, 40]) {
      const child = spawn(process.execPath, [writer, directory, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = once(child, 'exit')
      let count = 0
      for await (const line of createInterface(child.stdout)) {
        const [height, root] = line.split(' ') as [string, string]
        expect(roots.get(Number(height)) ?? root).toBe(root)
        roots.set(Number(height), root)
        if (++count === lines) child.kill('SIGKILL')
      }
      await exited
      const executor = await open(mode, directory)
      const { height, stateRoot } = await executor.getInfo()
      const known = roots.get(height)
      if (known !== undefined) expect(Buffer.from(stateRoot).toString('hex')).toBe(known)
      for (let back = 0; back < Math.min(5, height); back++) {
        expect(await valueOf(executor, `k${(height - back) % 5}`)).toBe(String(height - back))
      }
      await executor.close()
    }
  },
)
