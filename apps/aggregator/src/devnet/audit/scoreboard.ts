import { formatMs } from '../format.ts'

/** The numbers by which a cluster is judged, since this devnet started. */
export interface Scoreboard {
  /** Ends of a leader that were followed by a new leader and a new block. */
  readonly failovers: number
  readonly slowestLeaderMs: number
  readonly slowestBlockMs: number
  /** Leaders after the first, whatever the cause. */
  readonly leaderChanges: number
  readonly longestGapMs: number
  readonly acknowledged: number
  readonly foundOnce: number
  readonly waiting: number
  /** For how long the oldest of those has waited; 0 when there is none. */
  readonly oldestWaitingMs: number
  readonly blocks: number
  readonly signatures: number
  readonly doubles: number
  readonly brokenLinks: number
}

// Longer than any failover.
const longWaitMs = 10_000

/** Three lines for people. */
export function describeScoreboard(score: Scoreboard): readonly string[] {
  const { failovers, slowestLeaderMs, slowestBlockMs, leaderChanges } = score
  const slowest =
    failovers === 0 ? '' : ` (slowest: leader ${formatMs(slowestLeaderMs)}, block ${formatMs(slowestBlockMs)})`
  const oldest = score.oldestWaitingMs > longWaitMs ? `, the oldest for ${formatMs(score.oldestWaitingMs)}` : ''
  const onTheirWay = score.waiting === 0 ? '' : `, ${score.waiting} on their way${oldest}`
  const broken = score.brokenLinks === 0 ? '' : `   broken links ${score.brokenLinks}`
  return [
    `failovers ${failovers}${slowest}   leader changes ${leaderChanges}   longest gap ${formatMs(score.longestGapMs)}`,
    `transactions ${score.acknowledged} acknowledged, ${score.foundOnce} found once${onTheirWay}`,
    `blocks ${score.blocks}   signatures ${score.signatures}   doubles ${score.doubles}${broken}`,
  ]
}
