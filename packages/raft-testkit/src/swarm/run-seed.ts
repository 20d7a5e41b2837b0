import { Violation } from '../check/violation.ts'
import { type Cluster, simulate } from '../sim/cluster.ts'
import { Seeded } from '../sim/seeded.ts'
import { chooseCluster } from './choice.ts'
import { Client } from './client.ts'
import { Nemesis } from './nemesis.ts'
import { recover } from './recovery.ts'

export interface SwarmOptions {
  /** Simulated time with faults. Default 10 s. */
  readonly faultyMs?: number
  /** Keeps messages in the tail too. */
  readonly isVerbose?: boolean
}

/** What one seed did. */
export interface SeedResult {
  readonly seed: number
  readonly events: number
  readonly simulatedMs: number
  readonly traceHash: number
  readonly acknowledged: number
  readonly faults: Readonly<Record<string, number>>
  /** What broke, and the last events before it. */
  readonly failure: { readonly message: string; readonly tail: readonly string[] } | undefined
}

/**
 * Runs one seed, which decides everything: a cluster, a mix of faults and a load; then, with no new fault, what must become of
 * it. Never throws for what it finds.
 */
export function runSeed(seed: number, { faultyMs = 10_000, isVerbose = false }: SwarmOptions = {}): SeedResult {
  const random = new Seeded(seed)
  const cluster = simulate({ ...chooseCluster(random), isVerbose })
  const client = new Client(cluster, random)
  const nemesis = new Nemesis(cluster, random, client)
  let failure: SeedResult['failure']
  try {
    disturb(cluster, random, client, nemesis, faultyMs)
    nemesis.end()
    recover(cluster, random, client)
  } catch (error) {
    failure = { message: explained(error), tail: cluster.watcher.tail }
  }
  return {
    seed,
    events: cluster.world.events,
    simulatedMs: cluster.world.now,
    traceHash: cluster.traceHash,
    acknowledged: [...cluster.outcomes.values()].filter((outcome) => outcome === 'acknowledged').length,
    faults: { ...nemesis.counts, ...cluster.network.counts },
    failure,
  }
}

/** Faults and load, until the time is up. */
function disturb(cluster: Cluster, random: Seeded, client: Client, nemesis: Nemesis, faultyMs: number): void {
  const { world } = cluster
  const gapMs = random.pick([10, 40, 40, 100])
  while (world.now < faultyMs) {
    const before = world.now
    world.run(random.exponential(gapMs))
    client.propose()
    if (random.chance(0.1)) client.read()
    nemesis.disturb(world.now - before)
  }
}

/** What is no violation is a bug of the simulator, or thrown outside of any node; then its place matters. */
function explained(error: unknown): string {
  if (error instanceof Error && !(error instanceof Violation)) return error.stack ?? error.message
  return String(error)
}
