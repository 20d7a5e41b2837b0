import type { ServerId } from 'raft-core'
import type { Cluster } from '../sim/cluster.ts'
import type { Seeded } from '../sim/seeded.ts'
import { chooseMix, type FaultKind, faultKinds, type Mix, type Occasion } from './choice.ts'
import type { Client } from './client.ts'
import { hasAllVoters, isLossSurvivable } from './truth.ts'

/** Injects the faults that its seed chose, as often as it chose, and only what must be survivable. */
export class Nemesis {
  /** How often each kind fired. */
  readonly counts: Partial<Record<FaultKind | Occasion, number>> = {}
  readonly #cluster: Cluster
  readonly #random: Seeded
  readonly #client: Client
  readonly #mix: Mix
  readonly #restarting = new Set<ServerId>()
  #isOver = false

  constructor(cluster: Cluster, random: Seeded, client: Client) {
    this.#cluster = cluster
    this.#random = random
    this.#client = client
    this.#mix = chooseMix(random)
    cluster.watcher.onElected = (id) => {
      if (this.#comes('elected')) cluster.world.after(random.pick([0, 0, 1, 5]), () => this.#strikeElected(id))
    }
    if (this.#comes('founding')) this.#troubleFounding()
  }

  /** No new fault comes from now on. */
  end(): void {
    this.#isOver = true
  }

  /** Lets a little time's worth of faults happen, and brings back who is dead for long enough. */
  disturb(elapsedMs: number): void {
    for (const kind of faultKinds) {
      if (!this.#random.chance((this.#mix[kind] * elapsedMs) / 1000)) continue
      if (this.#perform(kind, this.#random.pick(this.#cluster.ids))) this.#count(kind)
    }
    for (const id of this.#cluster.ids) if (!this.#cluster.process(id)?.isAlive) this.#restartLater(id)
  }

  #perform(kind: FaultKind, id: ServerId): boolean {
    const cluster = this.#cluster
    const random = this.#random
    if (cluster.process(id)?.isAlive !== true && targetsProcess.has(kind)) return false
    switch (kind) {
      case 'crash':
        cluster.crash(id)
        return true
      case 'crashMidway':
        cluster.crashAfter(id, random.below(random.pick([3, 30])))
        return true
      case 'stop':
        cluster.stop(id)
        return true
      case 'powerCut':
        for (const other of cluster.ids) cluster.crash(other)
        return true
      case 'crashLeader':
      case 'isolateLeader':
        return this.#strikeLeader(kind)
      case 'wipe':
        if (!isLossSurvivable(cluster)) return false
        cluster.wipe(id)
        return true
      case 'pause':
        cluster.pause(id, random.exponential(200))
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
      case 'weather':
        cluster.network.faults = {
          delayMs: random.pick([0.1, 0.5, 2, 15]),
          loss: random.pick([0, 0, 0.02, 0.2]),
          duplication: random.pick([0, 0, 0.1, 0.5]),
          replay: random.pick([0, 0, 0.02]),
        }
        return true
      case 'breakDisk':
        cluster.breakDisk(id)
        return true
      case 'stallDisk':
        cluster.stallDisk(id, random.exponential(300))
        return true
      case 'slowDisk':
        cluster.diskMs = random.pick([0.1, 0.3, 3, 30])
        return true
      case 'snapshot':
        cluster.takeSnapshot(id)
        return true
      case 'transfer':
        cluster.transfer(random.chance(0.5) ? id : undefined)
        return true
      case 'suffrage':
        return this.#changeSuffrage(id)
      case 'burst':
        for (let i = random.below(20); i > 0; i--) this.#client.propose()
        return true
    }
  }

  /** Nodes die while they found the cluster, and one may lose the promise that it made. */
  #troubleFounding(): void {
    const cluster = this.#cluster
    for (const id of cluster.ids) {
      if (this.#random.chance(0.7)) cluster.crashAfter(id, this.#random.below(this.#random.pick([10, 60])))
    }
    if (cluster.ids.length < 3 || this.#random.chance(0.5)) return
    cluster.world.after(this.#random.exponential(2), () => {
      const isAnybodyFounded = cluster.alive().some((id) => cluster.role(id) !== 'forming')
      if (!isAnybodyFounded) cluster.wipe(this.#random.pick(cluster.ids))
    })
  }

  /** What a leader does first it does before its opening is committed. */
  #strikeElected(id: ServerId): void {
    const cluster = this.#cluster
    if (this.#isOver || cluster.process(id)?.isAlive !== true) return
    switch (this.#random.below(7)) {
      case 0:
        return cluster.crashAfter(id, this.#random.below(8))
      case 1:
        cluster.isolate(id)
        return this.#healLater()
      case 2:
        return cluster.transfer(undefined, id)
      case 3:
        return cluster.read(this.#random.pick(['verified', 'barrier']), id)
      case 4:
        for (let i = this.#random.below(5); i > 0; i--) this.#client.propose(id)
        return cluster.pause(id, this.#random.exponential(100))
      default:
        for (let i = 0; i < 2; i++) this.#changeSuffrage(this.#random.pick(cluster.ids), id)
    }
  }

  /** Whether the fault of an occasion comes this time. */
  #comes(occasion: Occasion): boolean {
    if (this.#isOver || !this.#random.chance(this.#mix[occasion])) return false
    this.#count(occasion)
    return true
  }

  #count(kind: FaultKind | Occasion): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
  }

  #strikeLeader(kind: 'crashLeader' | 'isolateLeader'): boolean {
    const cluster = this.#cluster
    const leader = cluster.alive().find((id) => cluster.role(id) === 'leader')
    if (leader === undefined) return false
    if (kind === 'crashLeader') {
      cluster.crash(leader)
      return true
    }
    cluster.isolate(leader)
    for (let i = this.#random.below(4); i > 0; i--) this.#client.propose(leader)
    this.#healLater()
    return true
  }

  /** Takes a vote from one who is not the last, or gives it back; who has lost a disk cannot spare another voter. */
  #changeSuffrage(id: ServerId, leader: ServerId | undefined = this.#cluster.leader()): boolean {
    const placed = leader === undefined ? undefined : this.#cluster.status(leader).configuration
    const servers = placed?.configuration.servers ?? []
    const server = servers.find((other) => other.id === id)
    if (server === undefined) return false
    const voters = servers.filter(({ suffrage }) => suffrage === 'voter').length
    if (server.suffrage === 'voter' && (voters === 1 || !hasAllVoters(this.#cluster, leader))) return false
    const gain = server.suffrage === 'staging' ? 'nonVoter' : this.#random.pick(['voter', 'staging'] as const)
    this.#cluster.setSuffrage(id, server.suffrage === 'voter' ? 'nonVoter' : gain, leader)
    return true
  }

  #restartLater(id: ServerId): void {
    if (this.#restarting.has(id)) return
    this.#restarting.add(id)
    this.#cluster.world.after(this.#random.exponential(this.#random.pick([20, 100, 500])), () => {
      this.#restarting.delete(id)
      const isDead = this.#cluster.process(id)?.isAlive !== true
      this.#cluster.start(id)
      if (isDead && this.#comes('starting'))
        this.#cluster.crashAfter(id, this.#random.below(this.#random.pick([4, 20])))
    })
  }

  #healLater(): void {
    const delayMs = this.#random.exponential(this.#random.pick([30, 200, 800]))
    this.#cluster.world.after(delayMs, () => this.#cluster.heal())
  }
}

const targetsProcess: ReadonlySet<FaultKind> = new Set([
  'crash',
  'crashMidway',
  'stop',
  'wipe',
  'pause',
  'breakDisk',
  'stallDisk',
  'snapshot',
])
