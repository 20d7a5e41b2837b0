import type { WriteStream } from 'node:tty'
import type { EventLog } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { liveScreen } from './live-screen.ts'
import { plainScreen } from './plain-screen.ts'
import type { Screen } from './screen.ts'
import type { DevnetView } from './view.ts'

/** The screen that fits: a table on a terminal, lines anywhere else. */
export function openScreen(stdout: WriteStream, view: () => DevnetView, events: EventLog, clock: Clock): Screen {
  return stdout.isTTY ? liveScreen(stdout, view, clock) : plainScreen(stdout, view, events, clock)
}
