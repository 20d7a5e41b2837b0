import type { TimedAct } from './act.ts'
import { type Failure, playScript, type Script } from './run-seed.ts'

export interface ShrinkOptions {
  /** Plays at most. Default 400. */
  readonly plays?: number
  /** Told after each play that still failed. */
  readonly onProgress?: (acts: number, playsLeft: number) => void
}

/** A script that breaks the same invariant with less. */
export interface Shrunk {
  readonly script: Script
  readonly failure: Failure
}

/**
 * Leaves out what a failure does not need: acts after it, then ever smaller groups of acts (Zeller's ddmin), then what is unusual
 * about the cluster. Undefined when the script, played as it is, does not fail in the same way.
 */
export function shrink(
  script: Script,
  invariant: string,
  { plays = 400, onProgress }: ShrinkOptions = {},
): Shrunk | undefined {
  let playsLeft = plays
  let best: Shrunk | undefined
  const attempt = (candidate: Script): boolean => {
    if (playsLeft === 0) return false
    playsLeft -= 1
    const { failure } = playScript(candidate)
    if (failure?.invariant !== invariant) return false
    best = { script: { ...candidate, acts: candidate.acts.filter(({ atMs }) => atMs <= failure.atMs) }, failure }
    onProgress?.(best.script.acts.length, playsLeft)
    return true
  }
  if (!attempt(script)) return undefined
  shrinkActs(() => best!.script, attempt)
  for (const simpler of simplerClusters(best!.script))
    attempt({ ...best!.script, cluster: { ...best!.script.cluster, ...simpler } })
  return best
}

/** Tries without each group of acts, in halves, then quarters, until single acts cannot be left out. */
function shrinkActs(current: () => Script, attempt: (candidate: Script) => boolean): void {
  for (let size = Math.ceil(current().acts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let from = 0
    while (from < current().acts.length) {
      const { acts } = current()
      if (!attempt({ ...current(), acts: without(acts, from, size) })) from += size
    }
  }
}

function without(acts: readonly TimedAct[], from: number, count: number): readonly TimedAct[] {
  return [...acts.slice(0, from), ...acts.slice(from + count)]
}

function simplerClusters({ cluster }: Script): readonly Partial<Script['cluster']>[] {
  return [
    { clockRates: {} },
    { limits: {} },
    { timing: {} },
    { snapshots: {} },
    ...(cluster.nodes !== undefined && cluster.nodes > 3 ? [{ nodes: 3 }] : []),
  ]
}
