/**
 * A deterministic simulator for raft-core, and the invariants that it checks after every event.
 *
 * ```ts
 * const cluster = simulate({ nodes: 3, seed: 7 })
 * const leader = cluster.electLeader()
 * cluster.isolate(leader)
 * cluster.run({ ms: 500 })
 * assert.equal(cluster.role(leader), 'follower')
 * ```
 *
 * @packageDocumentation
 */
export { allInvariants } from './check/invariants.ts'
export type * from './check/observation.ts'
export { Violation } from './check/violation.ts'
export { MemoryHub } from './memory/memory-hub.ts'
export { nextTurn, type Schedule } from './memory/schedule.ts'
export { MemoryDisk, type MemoryStores, memoryStores } from './memory/memory-stores.ts'
export { simulateSeeds } from './swarm/cli.ts'
export { Cluster, type Outcome, simulate, type SimulateOptions, unknownOutcomes } from './sim/cluster.ts'
export { Seeded } from './sim/seeded.ts'
export { type Act, describeAct, perform, type TimedAct } from './swarm/act.ts'
export {
  type Failure,
  type Played,
  playScript,
  runSeed,
  type Script,
  type SeedResult,
  type SwarmOptions,
} from './swarm/run-seed.ts'
export { type Scenario, scenarios } from './swarm/scenario.ts'
export { shrink, type Shrunk, type ShrinkOptions } from './swarm/shrink.ts'
