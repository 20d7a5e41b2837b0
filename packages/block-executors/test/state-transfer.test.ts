import type { ExportedState } from 'block-fsm'
import { expect, test } from 'vitest'
import { blockOf } from './support/chain.ts'
import { modes, open, run, valueOf } from './support/executor.ts'
import { temporaryDirectory } from './support/temporary.ts'

const blocks = Array.from({ length: 30 }, (_, i) =>
  blockOf(i + 1, `k${i % 11}=${i}`, `large${i % 3}=${'x'.repeat(90_000)}`),
)

async function collected(state: ExportedState): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of state.chunks) chunks.push(Uint8Array.from(chunk))
  return chunks
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk
}

test.each(modes)('%s: a state goes from one executor to another, which goes on as the first does', async (mode) => {
  const source = await open(mode)
  await run(source, ...blocks)
  const exported = await source.exportState!()
  const root = await run(source)
  const after = await run(source, blockOf(31, 'k0=new', 'n=1'))
  const chunks = await collected(exported)
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1024 * 1024)
  const directory = temporaryDirectory()
  const target = await open(mode, directory)
  await run(target, blockOf(1, 'old=1', 'k0=old'))
  await target.importState!({ ...exported, chunks: stream(chunks) })
  expect([(await target.getInfo()).height, await run(target)]).toEqual([30, root])
  expect(await valueOf(target, 'old')).toBeUndefined()
  expect(await valueOf(target, 'k0')).toBe('22')
  await target.close()
  const again = await open(mode, directory)
  expect(await valueOf(again, 'k0')).toBe('22')
  expect(await run(again, blockOf(31, 'k0=new', 'n=1'))).toBe(after)
  await expect(again.executeBlock(blocks[29]!, new Uint8Array(32))).rejects.toMatchObject({ code: 'STATE_MISMATCH' })
})

test.each(modes)('%s: a state that is not what it says is refused, and nothing changed', async (mode) => {
  const source = await open(mode)
  await run(source, ...blocks.slice(0, 15))
  const exported = await source.exportState!()
  const whole = Buffer.concat(await collected(exported))
  const target = await open(mode)
  const before = await run(target, blockOf(1, 'old=1'))
  const middle = whole.length >>> 1
  const changed = Buffer.from(whole)
  changed[middle]! ^= 1
  const firstEnd = 8 + whole.readUInt32BE(0) + whole.readUInt32BE(4 + whole.readUInt32BE(0))
  const piecesOf = (bytes: Buffer): Buffer[] =>
    Array.from({ length: Math.ceil(bytes.length / 500_000) }, (_, i) => bytes.subarray(i * 500_000, (i + 1) * 500_000))
  const wrong: (readonly [string, Buffer[]])[] = [
    ['a changed value', piecesOf(changed)],
    ['cut off', piecesOf(whole.subarray(0, middle))],
    ['an entry is missing', piecesOf(whole.subarray(firstEnd))],
    ['an entry twice', piecesOf(Buffer.concat([whole.subarray(0, firstEnd), whole]))],
    ['a chunk too large', [whole.subarray(0, 4), Buffer.alloc(1024 * 1024 + 1)]],
    ['rubbish', [Buffer.alloc(64, 0xff)]],
    ['nothing', []],
  ]
  for (const [, chunks] of wrong) {
    await expect(target.importState!({ ...exported, chunks: stream(chunks) })).rejects.toMatchObject({
      code: 'STATE_MISMATCH',
    })
  }
  expect(await run(target)).toBe(before)
  expect(await valueOf(target, 'old')).toBe('1')
  expect(await valueOf(target, 'k0')).toBeUndefined()
  await target.importState!({ ...exported, chunks: stream(piecesOf(whole)) })
  expect(await valueOf(target, 'k0')).toBe('11')
})
