import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hunt, requireHealthy } from '../../src/zoo/hunt.ts'
import type { Mutant } from '../../src/zoo/mutant.ts'
import { Scratch } from '../../src/zoo/scratch.ts'

const top = fileURLToPath(new URL('../../../..', import.meta.url))
const { signal } = new AbortController()

const file = 'raft-core/src/step/quorum.ts'
const find = 'Math.floor(voters.length / 2) + 1'
const mutant: Mutant = {
  name: 'half is a majority',
  file,
  find,
  replace: 'voters.length / 2',
  killedBy: { scenario: '' },
}
const byTest = { test: 'raft-core/test/step/quorum.test.ts' }

let scratch: Scratch

beforeAll(async () => {
  scratch = await Scratch.make(top)
})

afterAll(() => scratch?.remove())

test('a bug is found by the simulator, or by a test, and is gone afterwards', async () => {
  const bySeed = await hunt({ ...mutant, killedBy: { scenario: 'swarm' } }, scratch, signal)
  expect(bySeed.killer).toMatch(/^seed \d+: Violation: /)
  const found = await hunt({ ...mutant, killedBy: byTest }, scratch, signal)
  expect(found.killer).toMatch(/^a vote is won or lost /)
  const harmless = { ...mutant, replace: '1 + Math.floor(voters.length / 2)', killedBy: byTest }
  expect(await hunt(harmless, scratch, signal)).toMatchObject({ killer: undefined })
})

test('a mutant that cannot be made, or whose killer is not there, is an error and no kill', async () => {
  await expect(hunt({ ...mutant, find: 'not in this file' }, scratch, signal)).rejects.toMatchObject({
    code: 'MUTANT_STALE',
  })
  const lost = { ...mutant, replace: '1', killedBy: { scenario: 'nowhere' } }
  await expect(hunt(lost, scratch, signal)).rejects.toMatchObject({ code: 'USAGE' })
})

test('a test that fails without a mutant would kill them all, and is an error', async () => {
  const hunted = [{ ...mutant, killedBy: byTest }]
  const cure = await scratch.infect(mutant)
  await expect(requireHealthy(hunted, scratch, signal)).rejects.toMatchObject({ code: 'SET_UP_FAILED' })
  await cure()
  await requireHealthy(hunted, scratch, signal)
})
