import type { Configuration, Server, Suffrage } from 'raft-core'
import { expect, test } from 'vitest'
import { reachedByMajority, tally } from '../../src/step/quorum.ts'
import { nextRandom } from '../../src/step/random.ts'

const random = { state: 7 }
const upTo = (limit: number): number => Math.floor(nextRandom(random) * limit)
const suffrages: readonly Suffrage[] = ['voter', 'voter', 'voter', 'nonVoter', 'staging']

function servers(count: number): Server[] {
  const picked: Server[] = []
  for (let i = 0; i < 6 && picked.length < count; i++) {
    const suffrage = picked.length === 0 ? 'voter' : suffrages[upTo(suffrages.length)]!
    if (upTo(2) === 0 || 6 - i === count - picked.length)
      picked.push({ id: `n${i}`, incarnation: '', address: `${i}`, suffrage })
  }
  return picked
}

/** The slow oracle: try every value that somebody has reached, and count. */
function naiveReached(configuration: Configuration, values: ReadonlyMap<string, number>): number {
  const lists =
    configuration.outgoing.length > 0 ? [configuration.servers, configuration.outgoing] : [configuration.servers]
  const isReached = (value: number): boolean =>
    lists.every((list) => {
      const voters = list.filter(({ suffrage }) => suffrage === 'voter')
      return voters.filter(({ id }) => values.get(id)! >= value).length * 2 > voters.length
    })
  return Math.max(...[...values.values()].filter(isReached))
}

test('a majority, of both lists while joint, is what a naive count says', () => {
  for (let round = 0; round < 5000; round++) {
    const configuration = { servers: servers(1 + upTo(5)), outgoing: upTo(2) === 0 ? servers(1 + upTo(5)) : [] }
    const values = new Map(Array.from({ length: 6 }, (_, i) => [`n${i}`, upTo(5)]))
    const reached = reachedByMajority(configuration, ({ id }) => values.get(id)!)
    expect(reached, JSON.stringify({ configuration, values: [...values] })).toBe(naiveReached(configuration, values))
  }
})

test('a vote is won or lost exactly when the open votes cannot change it', () => {
  for (let round = 0; round < 2000; round++) {
    const configuration = { servers: servers(1 + upTo(5)), outgoing: upTo(3) === 0 ? servers(1 + upTo(4)) : [] }
    const votes = new Map<string, boolean | undefined>()
    for (let i = 0; i < 6; i++) votes.set(`n${i}`, [true, false, undefined][upTo(3)])
    const withRest = (rest: boolean): boolean => {
      const values = new Map([...votes].map(([id, vote]) => [id, (vote ?? rest) ? 1 : 0]))
      return naiveReached(configuration, new Map([...values, ['nobody', 0]])) === 1
    }
    const expected = withRest(false) ? 'won' : withRest(true) ? 'open' : 'lost'
    expect(tally(configuration, ({ id }) => votes.get(id))).toBe(expected)
  }
})
