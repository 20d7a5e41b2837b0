import type { BackfillDocument } from '../../rpc/node-view.ts'

/** How far a backfill is. */
export interface Progress {
  readonly from: number
  readonly to: number
  readonly done: number
  /** 0 to 1. */
  readonly share: number
  readonly blocksPerS: number
  /** Why it does not move; empty when it does. */
  readonly stuckReason: string
}

export function progressOf({ from, to, done, blocks_per_s, stuck_reason }: BackfillDocument): Progress {
  const all = Math.max(1, to - from + 1)
  return {
    from,
    to,
    done,
    share: Math.min(1, Math.max(0, done / all)),
    blocksPerS: blocks_per_s ?? 0,
    stuckReason: stuck_reason ?? '',
  }
}
