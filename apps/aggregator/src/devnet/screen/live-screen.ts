import type { WriteStream } from 'node:tty'
import { createLogUpdate } from 'log-update'
import type { Clock } from '../clock.ts'
import { renderFrame } from './frame.ts'
import type { Screen } from './screen.ts'
import { colourStyle, plainStyle } from './style.ts'
import type { DevnetView } from './view.ts'

const frameEveryMs = 100

/** A table that is drawn again and again in the same place of a terminal. Events and steps are part of it. */
export function liveScreen(stdout: WriteStream, view: () => DevnetView, clock: Clock): Screen {
  const closing = new AbortController()
  const draw = createLogUpdate(stdout)
  const style = stdout.hasColors() ? colourStyle : plainStyle
  const drawNow = (): void => {
    const size = { columns: stdout.columns || 80, rows: stdout.rows || 24 }
    draw(renderFrame(view(), size, style).join('\n'))
  }
  const drawing = (async () => {
    while (!closing.signal.aborted) {
      drawNow()
      await clock.sleep(frameEveryMs, closing.signal)
    }
    drawNow()
    draw.done()
  })()
  return {
    onEvent: () => undefined,
    onStep: () => undefined,
    close: () => {
      closing.abort()
      return drawing
    },
  }
}
