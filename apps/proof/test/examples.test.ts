import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCounter } from 'examples/counter-on-disk.ts'
import { expect, test, vi } from 'vitest'

test('kill-the-leader: the others elect, and hold what was acknowledged', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    await import('examples/kill-the-leader.ts')
    expect(said.mock.lastCall?.[0]).toMatch(/^(n\d) died, (?!\1)n\d leads and holds [3-9] entries$/)
  } finally {
    said.mockRestore()
  }
})

test('counter-on-disk: counts, and goes on counting where it stopped', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'counter-'))
  try {
    const counted: number[] = []
    for (let start = 0; start < 2; start++) {
      const node = await openCounter(directory)
      await new Promise<void>((resolve) => {
        const stop = node.on((event) => {
          if (event.kind !== 'roleChanged' || event.role !== 'leader') return
          stop()
          resolve()
        })
      })
      for (let i = 0; i < 2; i++) counted.push((await node.propose(new Uint8Array([1]))).verdict)
      await node.stop()
    }
    expect(counted).toEqual([1, 2, 3, 4])
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
