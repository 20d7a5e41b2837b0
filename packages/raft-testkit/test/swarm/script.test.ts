import { playScript, runSeed, type Script, scenarios, shrink, type TimedAct } from 'raft-testkit'
import { expect, test } from 'vitest'

test('a run that is played again from its script comes to the same', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { script, acknowledged, failure } = runSeed(seed, { faultyMs: 2000 })
    expect(playScript(script)).toEqual({ acknowledged, failure })
  }
})

test('a failure is told by the acts that it needs, of all that were done', () => {
  const noise: readonly TimedAct[] = Array.from({ length: 40 }, (_, i) => ({
    atMs: 500 + 20 * i,
    act: i % 4 === 0 ? { kind: 'snapshot', id: 'n3' } : { kind: 'propose', at: 'n1', text: `s${i}` },
  }))
  // Two of three disks lost is what nobody survives.
  const losses: readonly TimedAct[] = [
    { atMs: 811, act: { kind: 'wipe', id: 'n1' } },
    { atMs: 1011, act: { kind: 'wipe', id: 'n2' } },
  ]
  const acts = [...noise, ...losses].sort((a, b) => a.atMs - b.atMs)
  const script: Script = { cluster: { nodes: 3, seed: 4 }, acts, endsMs: 2000, recoverySeed: 1 }
  const { failure } = playScript(script)
  expect(failure?.invariant).toBe('liveness')
  const progress: number[] = []
  const shrunk = shrink(script, 'liveness', { onProgress: (left) => progress.push(left) })
  expect(shrunk?.script.acts.map(({ act }) => act.kind)).toEqual(['wipe', 'wipe'])
  expect(playScript(shrunk!.script).failure).toEqual(shrunk?.failure)
  expect(progress).toEqual(progress.toSorted((a, b) => b - a))
})

test('what does not fail in this way is not shrunk, and no more is played than allowed', () => {
  const { script } = runSeed(1, { faultyMs: 300 })
  expect(shrink(script, 'liveness')).toBeUndefined()
  expect(shrink(script, 'liveness', { plays: 0 })).toBeUndefined()
})

test.each(Object.entries(scenarios))('the scenario %s holds all invariants', (_name, scenario) => {
  for (let seed = 1; seed <= 4; seed++) expect(runSeed(seed, { faultyMs: 3000, scenario }).failure).toBeUndefined()
})

test('a calm scenario has no fault', () => {
  const { faults } = runSeed(1, { faultyMs: 1000, scenario: scenarios['calm']! })
  expect(Object.keys(faults).filter((kind) => faults[kind]! > 0)).toEqual(expect.arrayContaining(['sent']))
  expect(faults).not.toHaveProperty('crash')
  expect(faults['lost']).toBe(0)
})
