import type { SimulateOptions } from '../sim/cluster.ts'
import type { Seeded } from '../sim/seeded.ts'
import { chooseCluster, chooseFrom, chooseMix, faultKinds, type Mix, mixOf, noFaults } from './choice.ts'

/** What a seed may choose from. */
export interface Scenario {
  readonly about: string
  readonly cluster: (random: Seeded) => SimulateOptions
  readonly mix: (random: Seeded) => Mix
  /** Mean milliseconds from one proposal to the next. */
  readonly gapMs: (random: Seeded) => number
}

const swarm: Scenario = {
  about: 'everything, in mixes that each seed chooses',
  cluster: chooseCluster,
  mix: chooseMix,
  gapMs: (random) => random.pick([10, 40, 40, 100]),
}

/** Only some kinds of faults, and all of them. */
function only(about: string, ...kinds: readonly (keyof Mix)[]): Scenario {
  return { ...swarm, about, mix: (random) => chooseFrom(random, kinds) }
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  swarm,
  reference: {
    about: 'three nodes, 1 s heartbeat, 20 proposals a second, some of every fault: what speed is measured on',
    cluster: (random) => ({
      nodes: 3,
      seed: random.uint32(),
      timing: { heartbeatTimeoutMs: 1000, leaderLeaseTimeoutMs: 500 },
    }),
    mix: (random) => {
      const often = chooseFrom(random, faultKinds)
      return mixOf((kind) => often[kind] / 20)
    },
    gapMs: () => 50,
  },
  calm: {
    about: 'no fault at all: what is seen here is no matter of luck',
    cluster: chooseCluster,
    mix: () => noFaults,
    gapMs: swarm.gapMs,
  },
  founding: only(
    'clusters that are troubled while they are founded',
    'founding',
    'starting',
    'crash',
    'reset',
    'weather',
  ),
  elections: only(
    'leaders that die, are cut off, stand still or hand over',
    'crashLeader',
    'isolateLeader',
    'pause',
    'elected',
    'transfer',
    'flap',
  ),
  network: only(
    'wires that are cut, clogged, slow, reset and lossy',
    'partition',
    'oneWay',
    'flap',
    'reset',
    'clog',
    'weather',
    'burst',
  ),
  disks: only(
    'disks that stall, break, are slow or lost, and power cuts',
    'breakDisk',
    'stallDisk',
    'slowDisk',
    'wipe',
    'powerCut',
    'crashMidway',
    'burst',
  ),
  snapshots: only(
    'snapshots under restarts and loss',
    'snapshot',
    'failSnapshot',
    'crash',
    'crashMidway',
    'oneWay',
    'weather',
    'burst',
  ),
  membership: only(
    'votes taken and given back under faults',
    'suffrage',
    'reconfigure',
    'elected',
    'crash',
    'wipe',
    'isolateLeader',
    'oneWay',
    'burst',
  ),
}
