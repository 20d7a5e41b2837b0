import { describeScoreboard } from '../audit/scoreboard.ts'
import { formatMs, formatTime } from '../format.ts'
import { renderBar } from './bar.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'
import type { DevnetView } from './view.ts'

export interface FrameSize {
  readonly columns: number
  readonly rows: number
}

const help = 'k kill the leader   p pause it 10 s   a keep a node away   t send a transaction   q quit'

/** The whole screen of a devnet as lines, none wider than the terminal and not more than it has rows. */
export function renderFrame(view: DevnetView, size: FrameSize, style: Style): readonly string[] {
  const cut = (line: string): string => line.slice(0, size.columns)
  const top = [
    title(view, size.columns, style),
    '',
    ...renderTable(view.rows, size.columns, style),
    '',
    ...view.bars.map((bar) => cut(renderBar(bar))),
  ]
  const bottom = [
    ...describeScoreboard(view.scoreboard).map(cut),
    style.dim(cut(`${view.url}   logs in ${view.logs}`)),
    style.bold(cut(view.step === undefined ? help : `tour: ${view.step}`)),
  ]
  // One row stays free for the cursor.
  const room = Math.max(1, size.rows - top.length - bottom.length - 2)
  const events = view.events.slice(-room).map(({ wallMs, text, isAlarm }) => {
    const line = cut(`${formatTime(wallMs)}  ${text}`)
    return isAlarm ? style.bad(line) : line
  })
  return [...top, ...events, '', ...bottom]
}

function title(view: DevnetView, columns: number, style: Style): string {
  const { health, chainId, leader, term, height, overdueMs } = view
  const leads = leader === undefined ? 'no leader' : `${leader} leads in term ${term}`
  const age = overdueMs === undefined ? '' : `, ${formatMs(overdueMs)} old`
  const block = height === undefined ? 'no block yet' : `block ${height}${age}`
  const text = `${health.word}  ${chainId}: ${leads}, ${block}; ${health.explanation}`.slice(0, columns)
  const rest = text.slice(health.word.length)
  return `${health.word === 'HEALTHY' ? style.good(health.word) : style.bad(health.word)}${rest}`
}
