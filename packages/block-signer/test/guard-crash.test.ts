import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openGuard } from 'block-signer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { committedChain } from './support/chain.ts'
import { closeLater, temporaryDirectory } from './support/temporary.ts'

const chain = committedChain(40)
const stamp = { chainId: 'test', clusterId: 'ab' }
const fileIn = (directory: string): string => join(directory, 'guard.bin')

/** Writes of the given sizes; gives the file's length and the mark after each. */
async function written(directory: string, sizes: readonly number[]): Promise<{ bytes: number; mark: number }[]> {
  const guard = await openGuard({ directory, ...stamp })
  const marks = [{ bytes: statSync(fileIn(directory)).size, mark: 0 }]
  let height = 0
  for (const size of sizes) {
    await guard.record(chain.slice(height, height + size))
    height += size
    marks.push({ bytes: statSync(fileIn(directory)).size, mark: height })
  }
  await guard.close()
  return marks
}

function copyOf(directory: string): string {
  const copy = join(temporaryDirectory(), 'copy')
  mkdirSync(copy)
  copyFileSync(fileIn(directory), fileIn(copy))
  return copy
}

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 })
const part = fc.double({ min: 0, max: 1, noNaN: true })

test('a guard cut off anywhere knows every block of the writes before, and goes on', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(sizes, part, async (writes, cut) => {
      const directory = temporaryDirectory()
      const marks = await written(directory, writes)
      const copy = copyOf(directory)
      const whole = readFileSync(fileIn(copy))
      const bytes = 512 + Math.round(cut * (whole.length - 512))
      writeFileSync(fileIn(copy), whole.subarray(0, bytes))
      const guard = closeLater(await openGuard({ directory: copy, ...stamp }))
      const durable = marks.findLast((mark) => mark.bytes <= bytes)!
      for (const { height, hash } of chain.slice(0, durable.mark)) expect(guard.recorded(height)).toEqual(hash)
      const mark = guard.mark()?.height ?? 0
      expect(mark).toBeGreaterThanOrEqual(durable.mark)
      await guard.record([chain[mark]!])
      await guard.close()
      const again = closeLater(await openGuard({ directory: copy, ...stamp }))
      expect(again.mark()).toEqual({ height: mark + 1, hash: chain[mark]!.hash })
    }),
    { numRuns: 50 },
  )
})

test('a changed byte is found, unless it is in the last write, which may be torn', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(sizes, part, fc.integer({ min: 1, max: 255 }), async (writes, where, change) => {
      const directory = temporaryDirectory()
      const marks = await written(directory, writes)
      const copy = copyOf(directory)
      const file = readFileSync(fileIn(copy))
      const at = 512 + Math.floor(where * (file.length - 512 - 1))
      file[at]! ^= change
      writeFileSync(fileIn(copy), file)
      const beforeLast = marks.at(-2)!
      const opening = openGuard({ directory: copy, ...stamp })
      if (at < beforeLast.bytes) {
        await expect(opening).rejects.toMatchObject({ code: 'GUARD_DAMAGED' })
      } else {
        expect(closeLater(await opening).mark()?.height ?? 0).toBeGreaterThanOrEqual(beforeLast.mark)
      }
    }),
    { numRuns: 50 },
  )
})

test('a damaged stamp is no reason to begin anew', async () => {
  const directory = temporaryDirectory()
  await written(directory, [2])
  const file = readFileSync(fileIn(directory))
  file[20]! ^= 1
  writeFileSync(fileIn(directory), file)
  await expect(openGuard({ directory, ...stamp })).rejects.toMatchObject({ code: 'GUARD_DAMAGED' })
})
