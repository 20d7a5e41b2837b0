import { afterEach, expect, test } from 'vitest'
import { type SimulatedDevnet, simulateDevnet } from './support/simulated-devnet.ts'

const opened: SimulatedDevnet[] = []

afterEach(async () => {
  for (const simulated of opened.splice(0)) await simulated.close()
})

async function runningDevnet(): Promise<SimulatedDevnet> {
  const simulated = simulateDevnet()
  opened.push(simulated)
  await simulated.clock.advance(2000)
  return simulated
}

test('k kills the leader, another leads, and the line says how long it took', async () => {
  const { devnet, clock, lines } = await runningDevnet()
  expect(devnet.actions.killLeader()).toBe('node-0')
  await clock.advance(5000)
  expect(lines()).toContainEqual(expect.stringMatching(/^node-0 killed; node-[12] leads after \d+ ms; block \d+ after/))
  expect(lines()).toContainEqual(expect.stringMatching(/^node-0 is back after 3\.\d s, at block \d+$/))
})

test('p pauses the leader for ten seconds, and says how long still', async () => {
  const { devnet, cluster, clock, lines } = await runningDevnet()
  const pausing = devnet.actions.pauseLeader()
  await clock.advance(7000)
  expect(cluster.state('node-0').kind).toBe('paused')
  expect(devnet.actions.note('node-0')).toBe('goes on in 3.0 s')
  await clock.advance(4000)
  expect(await pausing).toBe('node-0')
  expect(devnet.actions.note('node-0')).toBe('')
  expect(lines()).toContainEqual(expect.stringMatching(/^node-0 paused for 10 s; node-\d leads/))
  expect(lines()).toContainEqual(expect.stringMatching(/^node-0 is back after 10 s, at block \d+$/))
})

test('a keeps a follower away until the others dropped the log it needs; it comes back by a snapshot', async () => {
  const { devnet, cluster, clock, lines } = await runningDevnet()
  const away = devnet.actions.keepAway()
  await clock.advance(5000)
  expect(cluster.state('node-2').kind).toBe('down')
  expect(devnet.actions.note('node-2')).toMatch(/^away until the others drop \d+ more log entries$/)
  await clock.advance(25_000)
  expect(await away).toBe('node-2')
  expect(lines()).toContainEqual(
    expect.stringMatching(/^node-2 is back after \d+ s: snapshot at index \d+, blocks \d+ to \d+ filled in/),
  )
})

test('one node away is enough', async () => {
  const { devnet, clock, lines } = await runningDevnet()
  const away = devnet.actions.keepAway()
  await clock.advance(1000)
  expect(await devnet.actions.keepAway()).toBeUndefined()
  expect(lines().at(-1)).toBe('a node is away already; wait until it is back')
  await clock.advance(40_000)
  await away
})

test('without a leader there is nothing to kill', async () => {
  const { devnet, cluster, clock, lines } = await runningDevnet()
  for (const { id } of cluster.nodes) cluster.pause(id)
  await clock.advance(200)
  expect(devnet.actions.killLeader()).toBeUndefined()
  expect(lines().at(-1)).toBe('nobody leads at this moment; try again')
})

test('t sends a transaction and says what became of it', async () => {
  const { devnet, lines } = await runningDevnet()
  await devnet.actions.sendTransaction()
  expect(lines().at(-1)).toMatch(/^transaction key-\d+=run-\d+ acknowledged$/)
})
