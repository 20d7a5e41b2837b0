import { PassThrough } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { EventLog } from '../../../src/devnet/audit/events.ts'
import { openScreen } from '../../../src/devnet/screen/open-screen.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { viewOf } from './view.ts'

test('on a terminal the table is drawn in place, and its last state stays', async () => {
  const clock = new ManualClock()
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 30, hasColors: () => true })
  let height = 57
  const view = () => viewOf({ height })
  const screen = openScreen(terminal as unknown as WriteStream, view, new EventLog(() => 0), clock)
  const shown = (): string => stripVTControlCharacters(String(terminal.read() ?? ''))
  await clock.advance(0)
  expect(shown()).toContain('node-2 leads in term 4, block 57;')
  await clock.advance(100)
  expect(shown()).toBe('')
  height = 58
  await screen.close()
  expect(shown()).toContain('block 58;')
})
