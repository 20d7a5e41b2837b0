import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { EventLog } from '../../../src/devnet/audit/events.ts'
import { plainScreen } from '../../../src/devnet/screen/plain-screen.ts'
import type { Screen } from '../../../src/devnet/screen/screen.ts'
import type { DevnetView } from '../../../src/devnet/screen/view.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { viewOf } from './view.ts'

function open(view: () => DevnetView): { screen: Screen; clock: ManualClock; events: EventLog; lines: () => string[] } {
  const clock = new ManualClock()
  const stdout = new PassThrough()
  let screen: Screen | undefined
  const events = new EventLog(
    () => clock.wallNow(),
    (event) => screen?.onEvent(event),
  )
  events.add('node-0 leads in term 1')
  screen = plainScreen(stdout, view, events, clock)
  // Without the time of day, which depends on where the tests run.
  const lines = (): string[] => (String(stdout.read() ?? '').match(/.+/g) ?? []).map((line) => line.slice(10))
  return { screen, clock, events, lines }
}

test('one line an event, those before it opened included, and a summary every five seconds', async () => {
  const { screen, clock, events, lines } = open(() => viewOf())
  expect(lines()).toEqual([
    'node-0 leads in term 1',
    'the status page is at http://127.0.0.1:7331/, the logs are in .devnet/logs',
  ])
  await clock.advance(5000)
  expect(lines()).toEqual([expect.stringMatching(/^block 57 a1b2c3d4; node-2 leads/)])
  const open1 = events.open('node-0 killed; …')
  await clock.advance(4900)
  expect(lines()).toEqual([])
  open1.close('node-0 killed; node-2 leads after 84 ms')
  expect(lines()).toEqual(['node-0 killed; node-2 leads after 84 ms'])
  await screen.close()
})

test('a bar is shown as it moves, and a slow one once a second', async () => {
  let done = 0
  const bars = (): DevnetView['bars'] => [
    { id: 'node-2', progress: { from: 1, to: 100, done, share: done / 100, blocksPerS: 0, stuckReason: '' } },
  ]
  const { screen, clock, lines } = open(() => viewOf({ bars: bars() }))
  lines()
  await clock.advance(100)
  expect(lines()).toHaveLength(1)
  for (done = 1; done < 10; done++) await clock.advance(100)
  expect(lines()).toEqual([])
  await clock.advance(100)
  expect(lines()).toEqual(['node-2 fetches blocks 1 to 100 [###---------------------------]  10 %'])
  await clock.advance(2000)
  expect(lines()).toHaveLength(2)
  await screen.close()
})
