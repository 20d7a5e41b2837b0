import { Violation } from '../check/violation.ts'
import { type Cluster, simulate, type SimulateOptions } from '../sim/cluster.ts'
import { Seeded } from '../sim/seeded.ts'
import { perform, type TimedAct } from './act.ts'
import { Client } from './client.ts'
import { Nemesis } from './nemesis.ts'
import { recover } from './recovery.ts'
import { type Scenario, scenarios } from './scenario.ts'
import { Stage } from './stage.ts'

export interface SwarmOptions {
  /** Simulated time with faults. Default 10 s. */
  readonly faultyMs?: number
  /** Keeps messages in the tail too. */
  readonly isVerbose?: boolean
  /** What the seed chooses from. Default: everything. */
  readonly scenario?: Scenario
}

/** A run as it can be played again: a cluster, what was done to it, and how it was brought to rest. */
export interface Script {
  readonly cluster: SimulateOptions
  readonly acts: readonly TimedAct[]
  /** When the faults end and recovery begins. */
  readonly endsMs: number
  readonly recoverySeed: number
}

/** What broke: the invariant's name, or `error` for what no invariant is; and the last events before it. */
export interface Failure {
  readonly invariant: string
  readonly message: string
  readonly atMs: number
  readonly tail: readonly string[]
}

/** What one seed did. */
export interface SeedResult {
  readonly seed: number
  readonly events: number
  readonly simulatedMs: number
  readonly traceHash: number
  readonly acknowledged: number
  readonly faults: Readonly<Record<string, number>>
  readonly failure: Failure | undefined
  readonly script: Script
}

/**
 * Runs one seed, which decides everything: a cluster, a mix of faults and a load; then, with no new fault, what must become of
 * it. Never throws for what it finds.
 */
export function runSeed(seed: number, options: SwarmOptions = {}): SeedResult {
  const { faultyMs = 10_000, isVerbose = false, scenario = scenarios['swarm']! } = options
  const random = new Seeded(seed)
  const choice = scenario.cluster(random)
  const recoverySeed = random.uint32()
  const cluster = simulate({ ...choice, isVerbose })
  const stage = new Stage(cluster)
  const client = new Client(stage, random, 's')
  const nemesis = new Nemesis(stage, random, client, scenario.mix(random))
  const gapMs = scenario.gapMs(random)
  let endsMs = faultyMs
  const failure = attempt(cluster, () => {
    while (cluster.world.now < faultyMs) {
      const before = cluster.world.now
      cluster.world.run(random.exponential(gapMs))
      client.propose()
      if (random.chance(0.1)) client.read()
      nemesis.disturb(cluster.world.now - before)
    }
    stage.close()
    endsMs = cluster.world.now
    recover(cluster, new Seeded(recoverySeed))
  })
  return {
    seed,
    events: cluster.world.events,
    simulatedMs: cluster.world.now,
    traceHash: cluster.traceHash,
    acknowledged: acknowledgedBy(cluster),
    faults: { ...nemesis.counts, ...cluster.network.counts },
    failure,
    script: { cluster: choice, acts: stage.acts, endsMs, recoverySeed },
  }
}

/** What playing a script came to. */
export interface Played {
  readonly acknowledged: number
  readonly failure: Failure | undefined
}

/** Plays a script; what it comes to is the same every time. */
export function playScript(script: Script, isVerbose = false): Played {
  const cluster = simulate({ ...script.cluster, isVerbose })
  const failure = attempt(cluster, () => {
    for (const { atMs, act } of script.acts) {
      cluster.world.runTo(atMs)
      perform(cluster, act)
    }
    cluster.world.runTo(script.endsMs)
    recover(cluster, new Seeded(script.recoverySeed))
  })
  return { acknowledged: acknowledgedBy(cluster), failure }
}

function acknowledgedBy(cluster: Cluster): number {
  return [...cluster.outcomes.values()].filter((outcome) => outcome === 'acknowledged').length
}

function attempt(cluster: Cluster, run: () => void): Failure | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    const invariant = error instanceof Violation ? error.invariant : 'error'
    return { invariant, message: explained(error), atMs: cluster.world.now, tail: cluster.watcher.tail }
  }
}

/** What is no violation is a bug of the simulator, or thrown outside of any node; then its place matters. */
function explained(error: unknown): string {
  if (error instanceof Error && !(error instanceof Violation)) return error.stack ?? error.message
  return String(error)
}
