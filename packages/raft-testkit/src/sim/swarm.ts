import type { ServerId } from 'raft-core'
import { Violation } from '../check/violation.ts'
import { type Cluster, simulate } from './cluster.ts'
import { Seeded } from './seeded.ts'

export interface SwarmOptions {
  /** Simulated time with faults. Default 10 s. */
  readonly faultyMs?: number
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

/** How often each kind of fault comes, in times a simulated second; 0 switches it off for this seed. */
interface Mix {
  readonly crash: number
  readonly crashLeader: number
  readonly isolateLeader: number
  readonly burst: number
  readonly partition: number
  readonly oneWay: number
  readonly pause: number
  readonly wipe: number
  readonly transfer: number
  readonly slowDisk: number
  readonly weather: number
}

/** Simulated time after the last fault within which everything must be well. */
const recoveryMs = 20_000

/**
 * Runs one seed: the seed chooses a cluster and a mix of faults; then, with all faults frozen and all nodes up, one leader must
 * emerge, every proposal must be decided, and all nodes must end with the same history.
 */
export function runSeed(seed: number, { faultyMs = 10_000 }: SwarmOptions = {}): SeedResult {
  const choice = new Seeded(seed)
  const cluster = simulate({ nodes: choice.pick([1, 2, 3, 3, 3, 4, 5, 5]), seed: choice.uint32() })
  const swarm = new Swarm(cluster, choice)
  let failure: SeedResult['failure']
  try {
    swarm.disturb(faultyMs)
    swarm.recover()
  } catch (error) {
    failure = { message: String(error), tail: cluster.watcher.tail.slice(-60) }
  }
  const { sent, lost, duplicated, cut } = cluster.network.counts
  return {
    seed,
    events: cluster.world.events,
    simulatedMs: cluster.world.now,
    traceHash: cluster.world.trace.value,
    acknowledged: [...cluster.outcomes.values()].filter((outcome) => outcome === 'acknowledged').length,
    faults: { ...swarm.counts, sent, lost, duplicated, cut },
    failure,
  }
}

class Swarm {
  readonly counts: Record<string, number> = {}
  readonly #cluster: Cluster
  readonly #random: Seeded
  readonly #mix: Mix
  #serial = 0
  #wiped: ServerId | undefined

  constructor(cluster: Cluster, random: Seeded) {
    this.#cluster = cluster
    this.#random = random
    const often = (probability: number, most: number): number =>
      random.chance(probability) ? random.between(0.1, most) : 0
    this.#mix = {
      crash: often(0.7, 2),
      crashLeader: often(0.5, 3),
      isolateLeader: often(0.5, 2),
      burst: often(0.7, 4),
      partition: often(0.5, 1),
      oneWay: often(0.3, 1),
      pause: often(0.4, 1),
      wipe: cluster.ids.length >= 3 ? often(0.3, 0.3) : 0,
      transfer: often(0.3, 1),
      slowDisk: often(0.3, 0.5),
      weather: often(0.8, 1),
    }
  }

  disturb(ms: number): void {
    const { world } = this.#cluster
    const end = world.now + ms
    while (world.now < end) {
      world.run(this.#random.exponential(40))
      this.#propose()
      for (const [kind, perSecond] of Object.entries(this.#mix)) {
        if (this.#random.chance(perSecond * 0.04)) this.#inject(kind as keyof Mix)
      }
    }
  }

  /** Everything is well again: the cluster must show it. */
  recover(): void {
    const cluster = this.#cluster
    cluster.network.faults = { delayMs: 0.5, loss: 0, duplication: 0 }
    cluster.diskMs = 0.3
    cluster.heal()
    for (const id of cluster.ids) cluster.start(id)
    const end = cluster.world.now + recoveryMs
    const within = (what: string, holds: () => boolean): void => {
      if (holds() || cluster.world.run(end - cluster.world.now, holds)) return
      throw new Violation('liveness', `${what} did not happen within ${recoveryMs} ms of calm`)
    }
    within('an election', () => cluster.leader() !== undefined)
    let asked = ''
    within('a commit', () => {
      const outcome = cluster.outcomes.get(asked)
      if (outcome === 'acknowledged') return true
      if (outcome !== 'pending') asked = this.#propose()
      return false
    })
    within('a decision of every proposal', () => ![...cluster.outcomes.values()].includes('pending'))
    within('everybody voting with the same history', () => this.#isWhole())
  }

  #isWhole(): boolean {
    const cluster = this.#cluster
    const leader = cluster.leader()
    if (leader === undefined) return false
    const { commitIndex, configuration, lastIndex } = cluster.status(leader)
    const isVoting = configuration?.configuration.servers.every(({ suffrage }) => suffrage === 'voter')
    return (
      isVoting === true &&
      lastIndex === commitIndex &&
      cluster.ids.every((id) => cluster.status(id).appliedIndex === commitIndex)
    )
  }

  #propose(where?: ServerId): string {
    const text = `s${this.#serial++}`
    const at = where ?? (this.#random.chance(0.9) ? this.#cluster.leader() : this.#random.pick(this.#cluster.ids))
    this.#cluster.propose(text, at)
    return text
  }

  #inject(kind: keyof Mix): void {
    const { world, ids } = this.#cluster
    const id = this.#random.pick(ids)
    const done = this.#perform(kind, id)
    if (!done) return
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
    world.trace.mixText(kind)
  }

  #perform(kind: keyof Mix, id: ServerId): boolean {
    const cluster = this.#cluster
    const random = this.#random
    switch (kind) {
      case 'crash':
        if (!cluster.process(id)?.isAlive) return false
        cluster.crash(id)
        this.#startLater(id)
        return true
      case 'crashLeader':
      case 'isolateLeader': {
        const leader = cluster.ids.find((other) => cluster.process(other)?.isAlive && cluster.role(other) === 'leader')
        if (leader === undefined) return false
        if (kind === 'crashLeader') {
          cluster.crash(leader)
          this.#startLater(leader)
          return true
        }
        cluster.isolate(leader)
        for (let i = random.below(4); i > 0; i--) this.#propose(leader)
        this.#healLater()
        return true
      }
      case 'burst':
        for (let i = random.below(20); i > 0; i--) this.#propose()
        return true
      case 'partition': {
        const side = cluster.ids.filter(() => random.chance(0.5))
        cluster.partition(
          side,
          cluster.ids.filter((other) => !side.includes(other)),
        )
        this.#healLater()
        return true
      }
      case 'oneWay':
        cluster.cutOneWay(id, random.pick(cluster.ids))
        this.#healLater()
        return true
      case 'pause':
        cluster.pause(id, random.exponential(200))
        return true
      case 'wipe':
        return this.#wipe(id)
      case 'transfer':
        cluster.transfer(random.chance(0.5) ? id : undefined)
        return true
      case 'slowDisk':
        cluster.diskMs = random.pick([0.1, 0.3, 3, 30])
        return true
      case 'weather':
        cluster.network.faults = {
          delayMs: random.pick([0.1, 0.5, 2, 15]),
          loss: random.pick([0, 0, 0.02, 0.2]),
          duplication: random.pick([0, 0, 0.1, 0.5]),
        }
        return true
    }
  }

  /**
   * One disk may be lost at a time, and only in a cluster that is otherwise whole: what no living witness can know is not
   * survivable, and documented so.
   */
  #wipe(id: ServerId): boolean {
    const cluster = this.#cluster
    const isFormed = cluster.ids.every((other) => cluster.process(other)?.driver.state !== undefined)
    if (this.#wiped !== undefined && !this.#isWhole()) return false
    if (!isFormed || cluster.alive().length < cluster.ids.length) return false
    this.#wiped = id
    cluster.wipe(id)
    this.#startLater(id)
    return true
  }

  #startLater(id: ServerId): void {
    const { world } = this.#cluster
    world.after(this.#random.exponential(this.#random.pick([20, 100, 500])), () => this.#cluster.start(id))
  }

  #healLater(): void {
    const { world } = this.#cluster
    world.after(this.#random.exponential(this.#random.pick([30, 200, 800])), () => this.#cluster.heal())
  }
}
