import type { BlockStoreStatus } from 'block-fsm'
import type { BackfillProgress } from 'p2p-catchup'
import type { BackfillDocument } from '../rpc/node-view.ts'

/** A backfill in a clause; undefined when there is none. */
export function describeBackfill({ active, from, to, done, stalled }: BackfillProgress): string | undefined {
  if (!active) return undefined
  const all = to - from + 1
  return `${all - done} of the blocks ${from} to ${to} are to be fetched${stalled === undefined ? '' : `, ${stalled}`}`
}

/** How `/status` tells of a backfill. `progress` is undefined while nothing fetches yet. */
export function backfillDocument(progress: BackfillProgress | undefined, store: BlockStoreStatus): BackfillDocument {
  const { contiguous, highest } = store
  if (progress?.active) {
    const { from, to, done, blocksPerSecond, etaSeconds, stalled } = progress
    return {
      active: true,
      from,
      to,
      done,
      blocks_per_s: Math.round(blocksPerSecond * 10) / 10,
      eta_s: etaSeconds === undefined ? 0 : Math.ceil(etaSeconds),
      stuck_reason: stalled ?? '',
    }
  }
  const isMissing = contiguous < highest
  return {
    active: isMissing,
    from: isMissing ? contiguous + 1 : 0,
    to: isMissing ? highest : 0,
    done: 0,
    blocks_per_s: 0,
    eta_s: 0,
    stuck_reason: isMissing ? 'fetching has not begun' : '',
  }
}
