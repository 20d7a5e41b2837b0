import { afterEach, expect, test } from 'vitest'
import { runTour, type TourResult } from '../../../src/devnet/tour/tour.ts'
import type { Misbehaviour } from '../support/simulated-cluster.ts'
import { type SimulatedDevnet, simulateDevnet } from '../support/simulated-devnet.ts'

const opened: SimulatedDevnet[] = []

afterEach(async () => {
  for (const simulated of opened.splice(0)) await simulated.close()
})

/** Runs a tour to its end on a cluster that does this wrong. */
async function tour(wrong: Misbehaviour = {}): Promise<TourResult & { steps: readonly string[]; seconds: number }> {
  const simulated = simulateDevnet(wrong)
  opened.push(simulated)
  const { devnet, clock, stop } = simulated
  const steps: string[] = []
  let isOver = (): boolean => false
  const running = runTour(devnet, { clock, signal: stop.signal, onStep: (text) => steps.push(text) })
  void running.then(() => {
    isOver = () => true
  })
  while (!isOver()) await clock.advance(250)
  const result = await running
  return { ...result, steps, seconds: clock.now() / 1000 }
}

test('a cluster that does everything right passes, within the minute', async () => {
  const { hasPassed, report, steps, seconds } = await tour()
  expect(report.join('\n')).toMatchInlineSnapshot(`
    "
      passed  elect a leader          0.1 s  node-0 leads in term 1, and 3 nodes agree
      passed  send transactions       0.3 s  6 acknowledged by all nodes in turn, 6 found in blocks so far
      passed  kill -9 the leader      3.0 s  node-0 killed; node-1 leads after 100 ms, next block after 200 ms; node-0 back after 3.0 s
      passed  pause the leader       10.1 s  node-1 paused for 10 s; node-0 leads after 70 ms, next block after 150 ms; node-1 is follower again, in the same process
      passed  snapshot and backfill  20.3 s  node-2 away for 20 s; snapshot at index 134; 80 blocks filled in 300 ms
      passed  verify from genesis     0.1 s  135 blocks, the same on all nodes, each linked to the one before

      failovers 2 (slowest: leader 100 ms, block 200 ms)   leader changes 2   longest gap 300 ms
      transactions 73 acknowledged, 73 found once
      blocks 135   signatures 135   doubles 0

    the tour passed, after 34 s"
  `)
  expect(hasPassed).toBe(true)
  expect(seconds).toBeLessThan(60)
  expect(steps).toContain('3 of 6, kill -9 the leader')
})

test.each<[string, Misbehaviour, RegExp]>([
  ['a fork', { forkAt: 30 }, /FAILED +verify from genesis: node-0 and node-1 have different blocks 30/],
  ['a lost transaction', { loses: 9 }, /FAILED +verify from genesis: there was no block with each of \d+ acknowledged/],
  [
    'history that never comes',
    { neverFills: true },
    /FAILED +snapshot and backfill: there was no return of node-\d within 30 s; node-\d fetches blocks \d+ to \d+ \[-{30}\] +0 %/,
  ],
  ['a dead node that stays dead', { neverRestarts: true }, /FAILED +kill -9 the leader: there was no return of node-0/],
])('%s fails the tour, which names the check', async (_what, wrong, expected) => {
  const { hasPassed, report } = await tour(wrong)
  expect(hasPassed).toBe(false)
  expect(report.join('\n')).toMatch(expected)
  expect(report.at(-1)).toMatch(/^the tour failed at /)
})

test('a node that ends by itself fails the tour at once', async () => {
  const simulated = simulateDevnet()
  opened.push(simulated)
  const { clock, stop, devnet } = simulated
  const fallen = { ...devnet, falls: ['node-1 exited with code 1: the disk is full'] }
  const running = runTour(fallen, { clock, signal: stop.signal, onStep: () => undefined })
  await clock.advance(1000)
  const { hasPassed, report } = await running
  expect(hasPassed).toBe(false)
  expect(report.at(-1)).toContain('a node ended by itself: node-1 exited with code 1: the disk is full')
})

test('a tour that is interrupted has not passed', async () => {
  const simulated = simulateDevnet()
  opened.push(simulated)
  const { clock, stop, devnet } = simulated
  const running = runTour(devnet, { clock, signal: stop.signal, onStep: () => undefined })
  await clock.advance(5000)
  stop.abort()
  const { hasPassed, report } = await running
  expect(hasPassed).toBe(false)
  expect(report.at(-1)).toContain('interrupted')
})
