import { formatMs, shortHash } from '../format.ts'
import type { DevnetView } from './view.ts'

/** A devnet in one line, for where there is no terminal. */
export function summaryLine(view: DevnetView): string {
  const { height, hash, leader, term, rows, scoreboard } = view
  const block = height === undefined ? 'no block yet' : `block ${height} ${shortHash(hash ?? '')}`
  const leads = leader === undefined ? 'no leader' : `${leader} leads in term ${term}`
  const there = rows.filter(({ lag }) => lag !== undefined).length
  const { acknowledged, foundOnce, longestGapMs, doubles } = scoreboard
  const transactions = `${acknowledged} transactions acknowledged, ${foundOnce} found once`
  const rest = `longest gap ${formatMs(longestGapMs)}; doubles ${doubles}`
  return `${block}; ${leads}; ${there} of ${rows.length} nodes answer; ${transactions}; ${rest}`
}
