import type { Height } from 'block-fsm'
import { countWithin } from '../intervals.ts'
import type { HistoryStatus } from '../ports/history-store.ts'
import type { Step } from './plan.ts'

/** How far a backfill is. */
export interface BackfillProgress {
  /** False when nothing is missing below the anchors. */
  readonly active: boolean
  readonly phase: 'idle' | Step['kind']
  /** The gap: lowest height that was missing when work began, and highest that is wanted. Both 0 when idle. */
  readonly from: Height
  readonly to: Height
  /** Whole blocks of the gap that are durable. */
  readonly done: number
  /** Headers of the gap that are durable. */
  readonly headersDone: number
  /** Heights of the present phase that became durable, per second over the last ten. */
  readonly blocksPerSecond: number
  /** Until all headers and blocks are there, at this rate; undefined while nothing comes. */
  readonly etaSeconds: number | undefined
  /** Why nothing goes on; undefined while it does. */
  readonly stalled: string | undefined
}

export const idleProgress: BackfillProgress = {
  active: false,
  phase: 'idle',
  from: 0,
  to: 0,
  done: 0,
  headersDone: 0,
  blocksPerSecond: 0,
  etaSeconds: undefined,
  stalled: undefined,
}

export interface ProgressFacts {
  readonly status: HistoryStatus
  readonly phase: Step['kind']
  readonly from: Height
  readonly to: Height
  readonly perSecond: number
  readonly stalled: string | undefined
}

/** What the facts come to. */
export function progressOf({ status, phase, from, to, perSecond, stalled }: ProgressFacts): BackfillProgress {
  const done = countWithin(status.blocks, from, to)
  const headersDone = countWithin(status.headers, from, to)
  const left = phase === 'signatures' ? status.contiguous - status.sealed : 2 * (to - from + 1) - done - headersDone
  const etaSeconds = perSecond > 0 ? left / perSecond : undefined
  return { active: true, phase, from, to, done, headersDone, blocksPerSecond: perSecond, etaSeconds, stalled }
}
