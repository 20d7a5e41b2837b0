import { expect, test } from 'vitest'
import { buildView } from '../../../src/devnet/screen/build-view.ts'
import { simulateDevnet } from '../support/simulated-devnet.ts'

test('the view joins what nodes say with what their processes do', async () => {
  const { devnet, clock, close } = simulateDevnet()
  await clock.advance(3000)
  devnet.actions.killLeader()
  await clock.advance(1000)
  const { rows, leader, health, url } = buildView(devnet, undefined, clock)
  expect(rows[0]).toMatchObject({ id: 'node-0', role: 'down', height: undefined, note: 'back in 2.0 s' })
  expect(rows.filter(({ role }) => role === 'leader').map(({ id }) => id)).toEqual([leader])
  expect(health.word).toBe('AT RISK')
  expect(url).toBe('http://127.0.0.1:7331/')
  await close()
})

test('a node that misses history has its bar', async () => {
  const { devnet, clock, close, cluster } = simulateDevnet()
  await clock.advance(2000)
  await cluster.stop('node-2')
  await clock.advance(30_000)
  cluster.start('node-2')
  await clock.advance(150)
  const { bars, rows } = buildView(devnet, undefined, clock)
  expect(bars).toMatchObject([{ id: 'node-2', progress: { from: 10, blocksPerS: 200 } }])
  expect(rows[2]!.lag).toBeGreaterThan(60)
  await close()
})
