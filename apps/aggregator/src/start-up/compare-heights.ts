import type { Height, Interval } from 'block-fsm'
import type { StartFacts } from './facts.ts'
import type { Note, StartFinding } from './finding.ts'

/** Which of log, snapshot, store and guard stands higher, in a home that belongs to a cluster. */
export function compareHeights(facts: StartFacts): readonly StartFinding[] {
  return [...aheadOfLog(facts), ...behindSnapshot(facts), ...storeBehindGuard(facts), ...guardBehindStore(facts)]
}

/**
 * Store and guard are compared with the last block of the log, applied or not. A node may apply a little more than its own disk
 * holds, when others made it durable: after a crash that refills from them. More than that, and the log forgot what it
 * had acknowledged: as a voter it could help to decide the same heights anew.
 */
function aheadOfLog(facts: StartFacts): readonly StartFinding[] {
  const { log, snapshotTip, isSoleVoter } = facts.raft
  if (log === undefined) return []
  const logEnd = Math.max(log.lastBlock ?? 0, snapshotTip?.height ?? 0, facts.initialHeight - 1)
  const known = Math.max(facts.store.status.highest, facts.guard?.mark?.height ?? 0)
  const lead = known - logEnd
  if (lead <= 0) return []
  const holder = facts.store.status.highest >= known ? 'the block store holds' : 'the double-sign guard signed'
  if (lead > (isSoleVoter ? 0 : log.appliedAheadEntries)) {
    return [
      {
        kind: 'refusal',
        code: 'RAFT_DIRECTORY_OLDER',
        message: `${holder} blocks through ${known}, Raft's log ends at block ${logEnd}: an older Raft directory was put back; put the newest one back, or move it and the rest aside and come back empty`,
        runbook: 'raft-directory-older',
      },
    ]
  }
  return [note(`${holder} ${count(lead)} more than Raft's log after a crash; they are compared as the log refills`)]
}

function behindSnapshot({ raft, store }: StartFacts): readonly StartFinding[] {
  const tip = raft.snapshotTip
  if (tip === undefined) return []
  const missing = missingBelow(tip.height, store.status.earliest, store.status.blocks)
  if (missing === 0) return []
  return [
    note(
      `${count(missing)} below Raft's snapshot at block ${tip.height} are not in the block store; they are fetched from other members`,
    ),
  ]
}

function storeBehindGuard({ guard, store, raft }: StartFacts): readonly StartFinding[] {
  const mark = guard?.mark?.height ?? 0
  const { highest } = store.status
  const lead = mark - Math.max(highest, raft.snapshotTip?.height ?? 0)
  if (lead <= 0 || raft.log === undefined) return []
  return [
    note(
      `the double-sign guard signed through block ${mark}, the block store ends at ${highest}: ${count(lead)} come back through Raft and keep the hashes that were signed`,
    ),
  ]
}

/** Safe, because only committed blocks are signed; but somebody put an older guard back, or lost it. */
function guardBehindStore({ guard, keepsGuard, store, raft }: StartFacts): readonly StartFinding[] {
  if (!keepsGuard || raft.log === undefined) return []
  const { highest, earliest } = store.status
  const mark = guard?.mark?.height ?? earliest - 1
  // Both are written at once, so that a crash can part them by what was on its way.
  const mayTrailBy = guard === undefined ? 0 : raft.log.appliedAheadEntries
  if (highest - mark <= mayTrailBy) return []
  return [
    {
      kind: 'note',
      level: 'warn',
      message: `the double-sign guard knows no block above ${mark}, the block store holds blocks through ${highest}: the guard was lost or an older one put back; it records again what Raft brings, and signs nothing else`,
      runbook: 'two-blocks-at-one-height',
    },
  ]
}

/** Blocks from `earliest` through `height` that no interval holds. */
function missingBelow(height: Height, earliest: Height, blocks: readonly Interval[]): number {
  let missing = height - earliest + 1
  for (const { from, to } of blocks) missing -= Math.max(0, Math.min(to, height) - Math.max(from, earliest) + 1)
  return Math.max(0, missing)
}

function note(message: string): Note {
  return { kind: 'note', level: 'info', message }
}

function count(blocks: number): string {
  return blocks === 1 ? '1 block' : `${blocks} blocks`
}
