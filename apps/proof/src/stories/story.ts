import type { Cluster, ClusterOptions } from '../cluster/cluster.ts'

/** How much of a story is told: `short` within seconds, for every test run; `full` as long as the claim asks for. */
export type Scale = 'short' | 'full'

/** What a scene measured, by name with the unit last: numbers, or a number for each time it happened. */
export type Figures = Readonly<Record<string, number | string | readonly number[]>>

/** What a scene is given. */
export interface Stage {
  readonly scale: Scale
  /** Makes a cluster that is gone when the scene is over. */
  cluster(options?: ClusterOptions): Promise<Cluster>
  /** Something to be undone when the scene is over, last first; what a scene leaves running goes here. */
  onClose(undo: () => Promise<unknown>): void
}

/** A claim, and real processes that show it. */
export interface Scene {
  readonly name: string
  /** Not part of the short form: a test of the aggregator shows it in less time. */
  readonly isOnlyFull?: boolean
  /** Resolves with what was measured when the claim held; rejects when not. */
  play(stage: Stage): Promise<Figures>
}

export interface Story {
  readonly number: number
  readonly title: string
  readonly scenes: readonly Scene[]
}
