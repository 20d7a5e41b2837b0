import type { RaftStatus, RaftTiming, ServerId, SnapshotOptions } from 'raft-core'
import { SimulatedDisk } from './disk.ts'
import { SimulatedNetwork } from './network.ts'
import { addressOf, type ProcessSetting, SimulatedProcess } from './process.ts'
import { Seeded } from './seeded.ts'
import { Watcher } from './watcher.ts'
import { World } from './world.ts'

export interface SimulateOptions {
  /** Voters at the beginning. Default 3. */
  readonly nodes?: number
  /** Decides everything. Default 1. */
  readonly seed?: number
  readonly timing?: Partial<RaftTiming>
  readonly snapshots?: Partial<SnapshotOptions>
  /** Mean time of a synced write. Default 0.3 ms. */
  readonly diskMs?: number
}

/** What became of a proposal: `pending`, `acknowledged`, or an error code. */
export type Outcome = string

/** Simulates a cluster of the driver that ships; every invariant is checked after every event. */
export function simulate(options: SimulateOptions = {}): Cluster {
  return new Cluster(options)
}

/** A simulated cluster and what a story may do to it. Throws `Violation` when an invariant breaks. */
export class Cluster {
  readonly world: World = new World()
  readonly random: Seeded
  readonly network: SimulatedNetwork
  readonly ids: readonly ServerId[]
  readonly watcher: Watcher
  /** Outcome of each proposal by its text: an error code when it was refused or superseded. */
  readonly outcomes: Map<string, Outcome> = new Map()
  diskMs: number
  readonly #setting: ProcessSetting
  readonly #askedAt = new Map<string, ServerId>()
  readonly #nodes = new Map<ServerId, { disks: SimulatedDisk[]; process: SimulatedProcess | undefined }>()

  constructor({ nodes = 3, seed = 1, timing, snapshots, diskMs = 0.3 }: SimulateOptions) {
    this.random = new Seeded(seed)
    this.diskMs = diskMs
    this.network = new SimulatedNetwork(this.world, this.random)
    this.ids = Array.from({ length: nodes }, (_, i) => `n${i + 1}`)
    this.watcher = new Watcher(this.world, () => this.#nodes)
    this.#setting = {
      world: this.world,
      random: this.random,
      network: this.network,
      peers: this.ids.map((id) => ({ id, address: addressOf(id) })),
      timing: { heartbeatTimeoutMs: 100, leaderLeaseTimeoutMs: 80, ...timing },
      snapshots: { thresholdEntries: 50, trailingEntries: 20, intervalMs: 500, ...snapshots },
      diskMs: () => this.diskMs,
      observer: this.watcher,
    }
    for (const id of this.ids) {
      this.#nodes.set(id, { disks: [new SimulatedDisk()], process: undefined })
      this.start(id)
    }
  }

  /** Lets time pass. */
  run({ ms }: { readonly ms: number }): void {
    this.world.run(ms)
  }

  /** Lets time pass until `holds`; throws after `limitMs`. */
  runUntil(holds: () => boolean, limitMs = 10_000): void {
    if (!holds() && !this.world.run(limitMs, holds)) throw new Error(`nothing of the kind in ${limitMs} simulated ms`)
  }

  /** Lets time pass until one node leads and has committed its opening entry. */
  electLeader(limitMs = 10_000): ServerId {
    this.runUntil(() => this.leader() !== undefined, limitMs)
    return this.leader()!
  }

  /** The leader of the highest term, once its opening entry is committed. */
  leader(): ServerId | undefined {
    let best: { readonly id: ServerId; readonly term: number } | undefined
    for (const id of this.alive()) {
      const state = this.process(id)?.driver.state
      if (state?.role.kind !== 'leader' || state.commit < state.role.openingIndex) continue
      if (best === undefined || state.term > best.term) best = { id, term: state.term }
    }
    return best?.id
  }

  /** Proposes `text` at a node, by default the leader; its outcome appears in `outcomes`. */
  propose(text: string, at: ServerId | undefined = this.leader()): void {
    const process = at === undefined ? undefined : this.process(at)
    if (process?.isAlive !== true) return
    this.outcomes.set(text, 'pending')
    this.#askedAt.set(text, process.id)
    process.run(() =>
      process.driver.propose(new TextEncoder().encode(text), {}, (error, applied) => {
        if (applied) this.watcher.acknowledged(text, applied.index, applied.term)
        this.outcomes.set(text, applied ? 'acknowledged' : ((error as { code?: string }).code ?? String(error)))
      }),
    )
  }

  transfer(to?: ServerId): void {
    const process = this.process(this.leader() ?? '')
    process?.run(() =>
      process.driver.transferLeadership(to, (error) => this.watcher.note(`transfer: ${error?.message ?? 'done'}`)),
    )
  }

  start(id: ServerId): void {
    const node = this.#nodes.get(id)!
    if (node.process?.isAlive) return
    this.watcher.note(`${id} starts`)
    node.process = new SimulatedProcess(id, node.disks[0]!, this.#setting)
  }

  /** kill -9. */
  crash(id: ServerId): void {
    this.watcher.note(`${id} crashes`)
    const process = this.process(id)
    if (process?.isAlive) process.crash()
    // A client of a dead process never hears of its proposal again.
    for (const [text, outcome] of this.outcomes) {
      if (outcome === 'pending' && this.#askedAt.get(text) === id) this.outcomes.set(text, 'lost with its process')
    }
  }

  /** kill -9, and the disk is lost. */
  wipe(id: ServerId): void {
    this.crash(id)
    this.watcher.note(`${id} loses its disk`)
    this.#nodes.get(id)!.disks.unshift(new SimulatedDisk())
  }

  pause(id: ServerId, ms: number): void {
    this.watcher.note(`${id} stands still for ${ms.toFixed(0)} ms`)
    this.process(id)?.pause(ms)
  }

  /** Lets nothing through between one node and all others. */
  isolate(id: ServerId): void {
    this.partition(
      [id],
      this.ids.filter((other) => other !== id),
    )
  }

  partition(one: readonly ServerId[], other: readonly ServerId[]): void {
    this.watcher.note(`partition ${one.join(',')} | ${other.join(',')}`)
    for (const a of one) {
      for (const b of other) {
        this.network.cut(a, b)
        this.network.cut(b, a)
      }
    }
  }

  cutOneWay(from: ServerId, to: ServerId): void {
    this.watcher.note(`cut ${from} > ${to}`)
    this.network.cut(from, to)
  }

  heal(): void {
    this.watcher.note('heal')
    this.network.heal()
  }

  alive(): readonly ServerId[] {
    return this.ids.filter((id) => this.process(id)?.isAlive)
  }

  process(id: ServerId): SimulatedProcess | undefined {
    return this.#nodes.get(id)?.process
  }

  disk(id: ServerId): SimulatedDisk {
    return this.#nodes.get(id)!.disks[0]!
  }

  status(id: ServerId): RaftStatus {
    return this.process(id)!.driver.status()
  }

  role(id: ServerId): RaftStatus['role'] {
    return this.status(id).role
  }
}
