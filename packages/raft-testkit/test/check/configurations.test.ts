import { type Configuration, encodeConfiguration, encodeEntry, type Entry, type Suffrage } from 'raft-core'
import { test } from 'vitest'
import { disks, expectViolation, invariant, node, noDisks, type Sketch } from '../support/observed.ts'

const hex = (text: string): string => text.repeat(16)

const servers = (...suffrages: readonly Suffrage[]): Configuration => ({
  servers: suffrages.map((suffrage, i) => ({
    id: `n${i + 1}`,
    incarnation: hex(`a${i + 1}`),
    address: `n${i + 1}:1`,
    suffrage,
  })),
  outgoing: [],
})

const three = servers('voter', 'voter', 'voter')
const without3 = servers('voter', 'voter', 'nonVoter')
const staging4 = servers('voter', 'voter', 'voter', 'staging')

const entry = (index: number, term: number, configuration: Configuration): Entry =>
  encodeEntry(index, term, 'configuration', encodeConfiguration(configuration))

const write = (...entries: readonly Entry[]) => ({
  id: 'n1',
  incarnation: 'n1-a',
  previousTerm: 0,
  entries,
  hardState: undefined,
})

const placed = (sketch: Sketch, ...list: readonly (readonly [index: number, configuration: Configuration])[]) => {
  const seen = node(sketch)
  const configurations = list.map(([index, configuration]) => ({ index, configuration }))
  return { ...seen, state: { ...seen.state, configurations } }
}

test('a configuration in the log that a node does not go by is seen, and one that was cut off', () => {
  for (const wrong of [
    placed({ log: [1, 1] }, [0, three]),
    placed({ log: [1] }, [0, three], [2, without3]),
    placed({ log: [1, 2] }, [0, three], [2, without3]),
    placed({ log: [1, 1] }, [0, three], [2, staging4]),
  ]) {
    const check = invariant('known configurations')
    check.onWrite(write(entry(2, 1, without3)))
    check.afterEvent(placed({ id: 'n2', log: [1, 1] }, [0, three], [2, without3]), noDisks)
    expectViolation(check, () => check.afterEvent(wrong, noDisks))
  }
})

test('a snapshot that comes with another configuration than is in force there is seen', () => {
  const check = invariant('known configurations')
  check.onWrite(write(entry(2, 1, without3), entry(4, 1, three)))
  const whole: Sketch = { log: [1, 1, 1, 1, 1], commit: 5 }
  check.afterEvent(placed(whole, [0, three], [2, without3], [4, three]), noDisks)
  const base = { index: 3, term: 1 }
  check.afterEvent(placed({ id: 'n2', base }, [2, without3]), noDisks)
  expectViolation(check, () => check.afterEvent(placed({ id: 'n3', base }, [0, three]), noDisks))
  expectViolation(check, () => check.afterEvent(placed({ id: 'n4', base }, [4, three]), noDisks))
})

test.each<[string, Sketch, readonly [number, Configuration], readonly [number, Configuration]]>([
  ['before the opening is committed', { log: [1, 2, 2], commit: 0 }, [0, three], [3, without3]],
  ['before the change before is committed', { log: [1, 2, 2], commit: 1 }, [2, three], [3, without3]],
  ['of two voters at once', { log: [1, 2, 2], commit: 2 }, [2, three], [3, servers('voter', 'nonVoter', 'nonVoter')]],
  [
    'that gives a vote to an empty disk',
    { log: [1, 2, 2], commit: 2 },
    [2, three],
    [3, servers('voter', 'voter', 'voter', 'voter')],
  ],
])('a change %s is seen', (_name, sketch, before, after) => {
  const check = invariant('known configurations')
  check.onWrite(write(...[before, after].filter(([index]) => index > 0).map(([index, one]) => entry(index, 2, one))))
  expectViolation(check, () => check.afterEvent(placed({ ...sketch, term: 2, leads: true }, before, after), noDisks))
})

test('a vote for a learner that lags is seen, for one that has caught up it is fine', () => {
  const log = Array.from({ length: 100 }, () => 1)
  const leader = placed(
    { log, commit: 99, leads: true },
    [0, staging4],
    [100, servers('voter', 'voter', 'voter', 'voter')],
  )
  for (const [held, isFine] of [
    [90, true],
    [20, false],
  ] as const) {
    const check = invariant('known configurations')
    check.onWrite(write(entry(100, 1, servers('voter', 'voter', 'voter', 'voter'))))
    const look = (): void => check.afterEvent(leader, disks({ [hex('a4')]: { log: log.slice(0, held) } }))
    if (isFine) look()
    else expectViolation(check, look)
  }
})
