import type { ServerId, Suffrage } from 'raft-core'
import type { Cluster } from '../sim/cluster.ts'
import type { Seeded } from '../sim/seeded.ts'
import type { Act } from './act.ts'
import { type FaultKind, faultKinds, type Mix, type Occasion } from './choice.ts'
import type { Client } from './client.ts'
import type { Stage } from './stage.ts'
import { hasAllVoters, isLossSurvivable } from './truth.ts'

/** Injects the faults that its seed chose, as often as it chose, and only what must be survivable. */
export class Nemesis {
  /** How often each kind fired. */
  readonly counts: Partial<Record<FaultKind | Occasion, number>> = {}
  readonly #stage: Stage
  readonly #cluster: Cluster
  readonly #random: Seeded
  readonly #client: Client
  readonly #mix: Mix
  readonly #restarting = new Set<ServerId>()

  constructor(stage: Stage, random: Seeded, client: Client, mix: Mix) {
    this.#stage = stage
    this.#cluster = stage.cluster
    this.#random = random
    this.#client = client
    this.#mix = mix
    this.#cluster.watcher.onElected = (id) => {
      // Never at the very instant: an act that is played again comes behind everything that happened then.
      const delayMs = random.pick([0.01, 0.01, 1, 5])
      stage.later(delayMs, () => {
        if (stage.isAlive(id) && this.#comes('elected')) this.#strikeElected(id)
      })
    }
    if (this.#comes('founding')) this.#troubleFounding()
  }

  /** Lets a little time's worth of faults happen, and brings back who is dead for long enough. */
  disturb(elapsedMs: number): void {
    for (const kind of faultKinds) {
      if (!this.#random.chance((this.#mix[kind] * elapsedMs) / 1000)) continue
      if (this.#perform(kind, this.#random.pick(this.#cluster.ids))) this.#count(kind)
    }
    for (const id of this.#cluster.ids) if (!this.#stage.isAlive(id)) this.#restartLater(id)
  }

  /** False when there was nobody to do it to. */
  #perform(kind: FaultKind, id: ServerId): boolean {
    if (!this.#stage.isAlive(id) && targetsProcess.has(kind)) return false
    const random = this.#random
    switch (kind) {
      case 'crash':
      case 'stop':
      case 'breakDisk':
      case 'snapshot':
      case 'failSnapshot':
        return this.#do({ kind, id })
      case 'crashMidway':
        return this.#do({ kind: 'crashAfter', id, acts: random.below(random.pick([3, 30])) })
      case 'powerCut':
        for (const other of this.#cluster.ids) this.#do({ kind: 'crash', id: other })
        return true
      case 'rolling':
        return this.#rollThrough()
      case 'crashLeader':
      case 'isolateLeader':
        return this.#strikeLeader(kind)
      case 'wipe':
        return isLossSurvivable(this.#cluster) && this.#do({ kind, id })
      case 'pause':
        return this.#do({ kind, id, ms: random.exponential(200) })
      case 'stallDisk':
        return this.#do({ kind, id, ms: random.exponential(300) })
      case 'slowDisk':
        return this.#do({ kind: 'diskSpeed', ms: random.pick([0.1, 0.3, 3, 30]) })
      case 'transfer':
        return this.#transfer(random.chance(0.5) ? id : undefined)
      case 'suffrage':
        return this.#changeSuffrage(id)
      case 'reconfigure':
        return this.#reconfigure()
      case 'burst':
        for (let i = random.below(20); i > 0; i--) this.#client.propose()
        if (random.chance(0.2)) this.#client.proposeNothing()
        return true
      default:
        return this.#troubleNetwork(kind, id)
    }
  }

  #troubleNetwork(kind: 'partition' | 'oneWay' | 'flap' | 'reset' | 'clog' | 'weather', from: ServerId): boolean {
    const random = this.#random
    const to = random.pick(this.#cluster.ids)
    switch (kind) {
      case 'partition':
        this.#do({ kind, side: this.#cluster.ids.filter(() => random.chance(0.5)) })
        return this.#healLater()
      case 'oneWay':
        this.#do({ kind: 'cut', from, to })
        return this.#healLater()
      case 'flap':
        for (let i = 1 + random.below(6), atMs = 0; i > 0; i--) {
          this.#stage.later((atMs += random.exponential(20)), { kind: 'cut', from, to })
          this.#stage.later((atMs += random.exponential(20)), { kind: 'heal' })
        }
        return from !== to
      case 'reset':
        return from !== to && this.#do({ kind, from, to })
      case 'clog':
        return from !== to && this.#do({ kind, from, to, ms: random.exponential(random.pick([20, 150])) })
      case 'weather':
        return this.#do({
          kind,
          faults: {
            delayMs: random.pick([0.1, 0.5, 2, 15]),
            loss: random.pick([0, 0, 0.02, 0.2]),
            duplication: random.pick([0, 0, 0.1, 0.5]),
            replay: random.pick([0, 0, 0.02]),
            msPerKilobyte: random.pick([0, 0, 0.1, 5]),
          },
        })
    }
  }

  /** Nodes die while they found the cluster, and one may lose the promise that it made. */
  #troubleFounding(): void {
    const { ids } = this.#cluster
    for (const id of ids) {
      if (!this.#random.chance(0.7)) continue
      this.#do({ kind: 'crashAfter', id, acts: this.#random.below(this.#random.pick([10, 60])) })
    }
    if (ids.length < 3 || this.#random.chance(0.5)) return
    this.#stage.later(this.#random.exponential(2), () => {
      const isAnybodyFounded = this.#cluster.alive().some((id) => this.#cluster.role(id) !== 'forming')
      if (!isAnybodyFounded) this.#do({ kind: 'wipe', id: this.#random.pick(ids) })
    })
  }

  /** What a leader does first it does before its opening is committed. */
  #strikeElected(id: ServerId): void {
    const random = this.#random
    switch (random.below(8)) {
      case 0:
        this.#do({ kind: 'crashAfter', id, acts: random.below(8) })
        return
      case 1:
        this.#do({ kind: 'isolate', id })
        this.#healLater()
        return
      case 2:
        this.#transfer(undefined, id)
        return
      case 3:
        this.#do({ kind: 'read', at: id, read: random.pick(['verified', 'barrier']) })
        return
      case 4:
        for (let i = random.below(5); i > 0; i--) this.#client.propose(id)
        this.#do({ kind: 'pause', id, ms: random.exponential(100) })
        return
      case 5:
        this.#reconfigure(id)
        return
      default:
        for (let i = 0; i < 2; i++) this.#changeSuffrage(random.pick(this.#cluster.ids), id)
    }
  }

  /** Whether the fault of an occasion comes this time. */
  #comes(occasion: Occasion): boolean {
    if (!this.#random.chance(this.#mix[occasion])) return false
    this.#count(occasion)
    return true
  }

  #count(kind: FaultKind | Occasion): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
  }

  #do(act: Act): true {
    this.#stage.do(act)
    return true
  }

  #strikeLeader(kind: 'crashLeader' | 'isolateLeader'): boolean {
    const cluster = this.#cluster
    const leader = cluster.alive().find((id) => cluster.role(id) === 'leader')
    if (leader === undefined) return false
    if (kind === 'crashLeader') return this.#do({ kind: 'crash', id: leader })
    this.#do({ kind: 'isolate', id: leader })
    for (let i = this.#random.below(4); i > 0; i--) this.#client.propose(leader)
    return this.#healLater()
  }

  #transfer(to: ServerId | undefined, at: ServerId | undefined = this.#cluster.leader()): boolean {
    return at !== undefined && this.#do({ kind: 'transfer', at, to })
  }

  /** Takes a vote from one who is not the last, or gives it back; who has lost a disk cannot spare another voter. */
  #changeSuffrage(id: ServerId, leader: ServerId | undefined = this.#cluster.leader()): boolean {
    if (leader === undefined) return false
    const servers = this.#cluster.status(leader).configuration?.configuration.servers ?? []
    const server = servers.find((other) => other.id === id)
    if (server === undefined) return false
    const voters = servers.filter(({ suffrage }) => suffrage === 'voter').length
    if (server.suffrage === 'voter' && (voters === 1 || !hasAllVoters(this.#cluster, leader))) return false
    const gain = server.suffrage === 'staging' ? 'nonVoter' : this.#random.pick(['voter', 'staging'] as const)
    const suffrage = server.suffrage === 'voter' ? 'nonVoter' : gain
    return this.#do({ kind: 'suffrage', at: leader, suffrages: { [id]: suffrage } })
  }

  /** Gives and takes any number of votes at once; who has lost a disk cannot spare another voter. */
  #reconfigure(leader: ServerId | undefined = this.#cluster.leader()): boolean {
    if (leader === undefined || !hasAllVoters(this.#cluster, leader)) return false
    const servers = this.#cluster.status(leader).configuration?.configuration.servers ?? []
    const lasting = this.#random.pick(servers.filter(({ suffrage }) => suffrage !== 'staging'))
    const suffrages: Record<ServerId, Suffrage> = {}
    for (const { id, suffrage } of servers) {
      // Who is still catching up gets its vote from the leader alone.
      suffrages[id] = this.#random.pick(
        suffrage === 'staging' ? ['staging', 'nonVoter'] : ['voter', 'nonVoter', 'staging'],
      )
    }
    return this.#do({ kind: 'suffrage', at: leader, suffrages: { ...suffrages, [lasting.id]: 'voter' } })
  }

  /** A rolling restart: one after the other stops in good order and comes back. */
  #rollThrough(): boolean {
    let atMs = 0
    for (const id of this.#cluster.ids) {
      this.#stage.later((atMs += this.#random.exponential(100)), { kind: 'stop', id })
      this.#stage.later((atMs += this.#random.exponential(100)), { kind: 'start', id })
    }
    return true
  }

  #restartLater(id: ServerId): void {
    if (this.#restarting.has(id)) return
    this.#restarting.add(id)
    this.#stage.later(this.#random.exponential(this.#random.pick([20, 100, 500])), () => {
      this.#restarting.delete(id)
      if (this.#stage.isAlive(id)) return
      this.#do({ kind: 'start', id })
      if (this.#comes('starting')) {
        this.#do({ kind: 'crashAfter', id, acts: this.#random.below(this.#random.pick([4, 20])) })
      }
    })
  }

  #healLater(): true {
    this.#stage.later(this.#random.exponential(this.#random.pick([30, 200, 800])), { kind: 'heal' })
    return true
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
  'failSnapshot',
])
