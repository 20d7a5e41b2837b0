import type { DevnetEvent } from '../audit/events.ts'
import type { Progress } from '../audit/progress.ts'
import type { Scoreboard } from '../audit/scoreboard.ts'
import type { Health } from './health.ts'

/** A row of the table. Undefined is unknown. */
export interface NodeRow {
  readonly id: string
  /** `leader`, `follower`, …; or what its process does when it does nothing else: `paused`, `down`. */
  readonly role: string
  readonly term: number | undefined
  readonly height: number | undefined
  readonly hash: string | undefined
  /** Blocks behind the newest. */
  readonly lag: number | undefined
  readonly peers: number | undefined
  /** What else there is to say; often empty. */
  readonly note: string
}

/** A node that fetches blocks which no log gives it. */
export interface BackfillBar {
  readonly id: string
  readonly progress: Progress
}

/** Everything that a screen shows, at one moment. */
export interface DevnetView {
  readonly wallMs: number
  readonly chainId: string
  readonly leader: string | undefined
  readonly term: number | undefined
  readonly height: number | undefined
  readonly hash: string | undefined
  /** Since the newest block was first seen, once the next one is overdue. */
  readonly overdueMs: number | undefined
  readonly health: Health
  readonly rows: readonly NodeRow[]
  readonly bars: readonly BackfillBar[]
  /** Oldest first. */
  readonly events: readonly DevnetEvent[]
  readonly scoreboard: Scoreboard
  /** What the tour does now; undefined without a tour. */
  readonly step: string | undefined
  /** The status page of the first node. */
  readonly url: string
  /** Directory of the nodes' logs. */
  readonly logs: string
}
