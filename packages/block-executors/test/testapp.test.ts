import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { blockOf } from './support/chain.ts'
import { open, run, valueOf } from './support/executor.ts'
import { temporaryDirectory } from './support/temporary.ts'

interface BlockVector {
  readonly height: number
  readonly txs: readonly string[]
  readonly root: string
  readonly reads: Readonly<Record<string, string>>
}

/** What ev-node's own executor makes of awkward blocks; see vectors/README.md. */
const vectors: readonly BlockVector[] = JSON.parse(
  readFileSync(new URL('./vectors/testapp.json', import.meta.url), 'utf8'),
)

test("roots and values are those of ev-node's test application, across restarts", async () => {
  const directory = temporaryDirectory()
  const keys = new Set(vectors.flatMap(({ reads }) => Object.keys(reads)))
  expect(keys.size).toBeGreaterThan(5)
  for (const { height, txs, root, reads } of vectors) {
    const executor = await open('testapp', directory)
    const made = await run(executor, blockOf(height, ...txs.map((tx) => Buffer.from(tx, 'hex'))))
    expect(Buffer.from(made, 'latin1').toString('hex')).toBe(root)
    for (const key of keys) {
      const value = await executor.read(Buffer.from(key))
      expect([key, value && Buffer.from(value).toString('hex')]).toEqual([key, reads[key]])
    }
    await executor.close()
  }
})

test('every path of every height is in the root, in byte order', async () => {
  const executor = await open('testapp')
  expect(await run(executor)).toBe('')
  expect(await run(executor, blockOf(1, 'b=2', 'a = 1 '))).toBe('/height/1/a:1;/height/1/b:2;')
  expect(await run(executor, blockOf(2, 'a=3', 'a=4', 'c/../d//e/=5'))).toBe(
    '/height/1/a:1;/height/1/b:2;/height/2/a:4;/height/2/d/e:5;',
  )
  expect(await run(executor, ...Array.from({ length: 8 }, (_, i) => blockOf(3 + i, 'z=1')))).toContain(
    '/height/1/b:2;/height/10/z:1;/height/2/a:4;',
  )
  expect([await valueOf(executor, 'a'), await valueOf(executor, 'd/e')]).toEqual(['4', '5'])
})

test('no key reaches what the test application keeps for itself', async () => {
  const executor = await open('testapp')
  expect(await run(executor, blockOf(1, '../../genesis/initialized=no', '../../../finalizedHeight=9'))).toBe(
    '/height/finalizedHeight:9;/height/genesis/initialized:no;',
  )
})
