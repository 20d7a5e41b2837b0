import { count } from '../format.ts'
import type { BackfillBar } from './view.ts'

const barWidth = 30

/** `node-2 fetches blocks 12 to 45 [######------------------------]  20 %  220 blocks/s` */
export function renderBar({ id, progress }: BackfillBar): string {
  const { from, to, share, blocksPerS, stuckReason } = progress
  const filled = Math.round(share * barWidth)
  const bar = '#'.repeat(filled).padEnd(barWidth, '-')
  const percent = String(Math.floor(share * 100)).padStart(3)
  const rest = stuckReason === '' ? speed(blocksPerS) : `waits: ${stuckReason}`
  return `${id} fetches blocks ${from} to ${to} [${bar}] ${percent} %${rest === '' ? '' : `  ${rest}`}`
}

function speed(blocksPerS: number): string {
  return blocksPerS > 0 ? `${count(Math.round(blocksPerS), 'block')}/s` : ''
}
