import { shortHash } from '../format.ts'
import type { Style } from './style.ts'
import type { NodeRow } from './view.ts'

const heading = ['node', 'role', 'term', 'height', 'tip', 'lag', 'peers', '']
const isNumber = [false, false, true, true, false, true, true, false]

/** The table of the nodes. What is unknown is a dash. */
export function renderTable(rows: readonly NodeRow[], width: number, style: Style): readonly string[] {
  const cells = [heading, ...rows.map(cellsOf)]
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  return cells.map((row, index) => {
    const line = row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
      .slice(0, width)
    if (index === 0) return style.dim(line)
    const { role } = rows[index - 1]!
    if (role === 'leader') return style.bold(line)
    return role === 'follower' ? line : style.dim(line)
  })
}

function cellsOf({ id, role, term, height, hash, lag, peers, note }: NodeRow): readonly string[] {
  const known = [term, height, hash === undefined || hash === '' ? undefined : shortHash(hash), lag, peers]
  return [id, role, ...known.map((value) => String(value ?? '-')), note]
}
