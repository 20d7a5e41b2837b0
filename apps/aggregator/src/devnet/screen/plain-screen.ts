import type { Writable } from 'node:stream'
import type { EventLog } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { formatTime } from '../format.ts'
import { renderBar } from './bar.ts'
import type { Screen } from './screen.ts'
import { summaryLine } from './summary-line.ts'
import type { DevnetView } from './view.ts'

const lookEveryMs = 100
const summaryEveryMs = 5000
const barEveryMs = 1000
const eventsKept = 200

/** Lines, where there is no terminal: one for an event, one every five seconds, and the bars while there are any. */
export function plainScreen(stdout: Writable, view: () => DevnetView, events: EventLog, clock: Clock): Screen {
  const closing = new AbortController()
  const write = (wallMs: number, text: string): void => void stdout.write(`${formatTime(wallMs)}  ${text}\n`)
  const shown = new Map<string, { readonly percent: number; readonly at: number }>()
  const writeBars = ({ bars, wallMs }: DevnetView): void => {
    for (const bar of bars) {
      const last = shown.get(bar.id)
      const percent = Math.floor(bar.progress.share * 100)
      // A fast one shows its way in steps of ten, a slow one that it lives.
      if (last && percent < last.percent + 10 && clock.now() < last.at + barEveryMs) continue
      write(wallMs, renderBar(bar))
      shown.set(bar.id, { percent, at: clock.now() })
    }
    for (const id of shown.keys()) if (bars.every((bar) => bar.id !== id)) shown.delete(id)
  }
  for (const { wallMs, text, isOpen } of events.newest(eventsKept)) if (!isOpen) write(wallMs, text)
  const { url, logs } = view()
  write(clock.wallNow(), `the status page is at ${url}, the logs are in ${logs}`)
  const running = (async () => {
    let summaryAt = clock.now() + summaryEveryMs
    while (!closing.signal.aborted) {
      await clock.sleep(lookEveryMs, closing.signal)
      const now = view()
      writeBars(now)
      if (clock.now() < summaryAt) continue
      summaryAt += summaryEveryMs
      write(now.wallMs, summaryLine(now))
    }
    write(clock.wallNow(), summaryLine(view()))
  })()
  return {
    onEvent: ({ wallMs, text }) => write(wallMs, text),
    onStep: (text) => write(clock.wallNow(), `tour: ${text}`),
    close: () => {
      closing.abort()
      return running
    },
  }
}
