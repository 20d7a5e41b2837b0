import { runSeed } from 'raft-testkit'
import { expect, test } from 'vitest'

const shards = 8
const seedsPerShard = 25

test.each(Array.from({ length: shards }, (_, shard) => shard * seedsPerShard + 1))(
  '200 seeds hold all invariants and recover: from %i',
  (from) => {
    for (let seed = from; seed < from + seedsPerShard; seed++) {
      const { failure } = runSeed(seed)
      expect(failure?.message, `seed ${seed}\n${failure?.tail.join('\n')}`).toBeUndefined()
    }
  },
  120_000,
)

test('the same seed gives the same trace', () => {
  for (const seed of [3, 14, 15]) expect(runSeed(seed)).toEqual(runSeed(seed))
})

test('every kind of fault fires over a few seeds', () => {
  const fired = new Map<string, number>()
  for (let seed = 1; seed <= 30; seed++) {
    for (const [kind, count] of Object.entries(runSeed(seed, { faultyMs: 3000 }).faults)) {
      fired.set(kind, (fired.get(kind) ?? 0) + count)
    }
  }
  const kinds = [
    'crash crashLeader crashMidway powerCut stop wipe pause isolateLeader partition oneWay flap reset clog weather breakDisk',
    'stallDisk slowDisk rolling snapshot failSnapshot transfer suffrage reconfigure burst founding starting elected lost duplicated replayed cut held refused closed unreachable goodbye',
  ].flatMap((line) => line.split(' '))
  expect(kinds.filter((kind) => !fired.get(kind))).toEqual([])
})

test('keeping messages in the readable tail does not change the trace', () => {
  const { traceHash, events } = runSeed(7, { faultyMs: 1000 })
  expect(runSeed(7, { faultyMs: 1000, isVerbose: true })).toMatchObject({ traceHash, events })
})
