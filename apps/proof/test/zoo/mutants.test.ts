import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Mutant, mutate } from '../../src/zoo/mutant.ts'
import { allMutants } from '../../src/zoo/mutants/index.ts'

const packages = fileURLToPath(new URL('../../../../packages/', import.meta.url))

test('every mutant can be made: what it replaces stands once in its file, and who kills it is there', () => {
  const isStale = (mutant: Mutant): boolean =>
    mutate(readFileSync(packages + mutant.file, 'utf8'), mutant) === undefined || mutant.find === mutant.replace
  const isLost = ({ killedBy }: Mutant): boolean => 'test' in killedBy && !existsSync(packages + killedBy.test)
  expect(allMutants.filter(isStale).map(({ name }) => name)).toEqual([])
  expect(allMutants.filter(isLost).map(({ name }) => name)).toEqual([])
})

test('mutants have names of their own', () => {
  const names = allMutants.map(({ name }) => name)
  expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([])
})

test('what stands twice, or not at all, is not replaced', () => {
  const mutant: Mutant = { name: 'x', file: '', find: 'a + b', replace: 'a - b', killedBy: { scenario: 'swarm' } }
  expect(mutate('return a + b', mutant)).toBe('return a - b')
  expect(mutate('a + b + a + b', mutant)).toBeUndefined()
  expect(mutate('b + a', mutant)).toBeUndefined()
})
