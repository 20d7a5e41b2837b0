import type { SimulateOptions } from '../sim/cluster.ts'
import type { Seeded } from '../sim/seeded.ts'

/** How often each kind of fault comes, in times a simulated second, or in times an occasion; 0 switches it off for this seed. */
export type Mix = Readonly<Record<FaultKind | Occasion, number>>

export const faultKinds = [
  'crash',
  'crashLeader',
  'crashMidway',
  'powerCut',
  'stop',
  'wipe',
  'pause',
  'isolateLeader',
  'partition',
  'oneWay',
  'flap',
  'reset',
  'clog',
  'weather',
  'breakDisk',
  'stallDisk',
  'slowDisk',
  'rolling',
  'snapshot',
  'failSnapshot',
  'transfer',
  'suffrage',
  'reconfigure',
  'burst',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** Moments that are too short to be met by chance: a cluster is being founded, a node starts, a leader was just elected. */
export const occasions = ['founding', 'starting', 'elected'] as const

export type Occasion = (typeof occasions)[number]

/** How probable a kind is in a seed, and how often it then comes at most, in times a simulated second or an occasion. */
const range: Readonly<Record<FaultKind | Occasion, readonly [probability: number, atMost: number]>> = {
  crash: [0.6, 2],
  crashLeader: [0.4, 3],
  crashMidway: [0.5, 3],
  powerCut: [0.2, 0.5],
  stop: [0.3, 1],
  wipe: [0.4, 1],
  pause: [0.4, 1],
  isolateLeader: [0.4, 2],
  partition: [0.5, 1],
  oneWay: [0.4, 2],
  flap: [0.3, 0.5],
  reset: [0.4, 4],
  clog: [0.4, 2],
  weather: [0.8, 1],
  breakDisk: [0.3, 1],
  stallDisk: [0.3, 1],
  slowDisk: [0.3, 0.5],
  rolling: [0.2, 0.3],
  snapshot: [0.3, 3],
  failSnapshot: [0.3, 2],
  transfer: [0.4, 2],
  suffrage: [0.3, 3],
  reconfigure: [0.3, 3],
  burst: [0.6, 4],
  founding: [0.3, 1],
  starting: [0.3, 0.3],
  elected: [0.5, 0.6],
}

/** A mix from which luck leaves some kinds out, because they hide each other. */
export function chooseMix(random: Seeded): Mix {
  return mixOf((kind) => (random.chance(range[kind][0]) ? random.between(0.1, range[kind][1]) : 0))
}

/** A mix without any other kind than these, of which each comes. */
export function chooseFrom(random: Seeded, kinds: readonly (FaultKind | Occasion)[]): Mix {
  return mixOf((kind) => (kinds.includes(kind) ? random.between(0.1, range[kind][1]) : 0))
}

export const noFaults: Mix = mixOf(() => 0)

/** The mix in which each kind comes as often as `often` says. */
export function mixOf(often: (kind: FaultKind | Occasion) => number): Mix {
  return Object.fromEntries([...faultKinds, ...occasions].map((kind) => [kind, often(kind)])) as Mix
}

/** The asked-for production timings, and quick ones that elect more often in the same simulated time. */
const timings = [
  { heartbeatTimeoutMs: 100, leaderLeaseTimeoutMs: 80 },
  { heartbeatTimeoutMs: 100, leaderLeaseTimeoutMs: 80 },
  { heartbeatTimeoutMs: 50, leaderLeaseTimeoutMs: 250 },
  { heartbeatTimeoutMs: 100, leaderLeaseTimeoutMs: 500 },
  { heartbeatTimeoutMs: 1000, leaderLeaseTimeoutMs: 500 },
]

/** The seed's cluster. Limits are often so small that every path around them is walked. */
export function chooseCluster(random: Seeded): SimulateOptions {
  const nodes = random.pick([1, 2, 3, 3, 3, 3, 4, 5, 5])
  const hasSkew = random.chance(0.3)
  const rates = Array.from({ length: nodes }, (_, i) => [`n${i + 1}`, random.between(0.7, 1.4)])
  const sometimes = <T>(...values: readonly [usual: T, ...T[]]): T =>
    random.chance(0.5) ? values[0] : random.pick(values)
  return {
    nodes,
    seed: random.uint32(),
    timing: { ...random.pick(timings), sendTimeoutMs: random.pick([50, 1000]) },
    snapshots: {
      thresholdEntries: random.pick([5, 20, 50, 8192]),
      trailingEntries: random.pick([0, 3, 20]),
      trailingBytes: sometimes(2 ** 30, 200),
      intervalMs: random.pick([50, 500]),
    },
    limits: {
      entryBytes: sometimes(2 ** 26, 150),
      appendBytes: sometimes(2 ** 20, 40, 200),
      inflightMessages: sometimes(256, 1, 2),
      inflightBytes: sometimes(2 ** 24, 100),
      uncommittedBytes: sometimes(2 ** 28, 300),
      cacheBytes: sometimes(2 ** 26, 1, 300),
      appliedAheadEntries: sometimes(1024, 1, 5),
      applyBytes: sometimes(2 ** 20, 50),
      snapshotChunkBytes: sometimes(2 ** 18, 1, 5),
      snapshotWindowBytes: sometimes(2 ** 20, 1, 7),
    },
    clockRates: hasSkew ? Object.fromEntries(rates) : {},
  }
}
