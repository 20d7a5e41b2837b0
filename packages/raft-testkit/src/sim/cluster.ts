import {
  RaftError,
  type RaftLimits,
  type RaftStatus,
  type RaftTiming,
  type ServerId,
  type SnapshotOptions,
  type Suffrage,
} from 'raft-core'
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
  readonly limits?: Partial<RaftLimits>
  /** Mean time of a synced write. Default 0.3 ms. */
  readonly diskMs?: number
  /** How fast clocks run that are not true; 1 is true. */
  readonly clockRates?: Readonly<Record<ServerId, number>>
  /** Messages and writes take their mean time exactly, so that a trace is easy to read. */
  readonly isSteady?: boolean
  /** Keeps every message in the readable tail, not only what nodes report. The trace hash does not change. */
  readonly isVerbose?: boolean
}

/** What became of a proposal: `pending`, `acknowledged`, `lost with its process`, or an error code. */
export type Outcome = string

/** What a client was told when nobody can know; anything else that is not `acknowledged` means that it was never done. */
export const unknownOutcomes: readonly Outcome[] = ['UNKNOWN_OUTCOME', 'lost with its process']

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
  readonly #askedAt = new Map<string, SimulatedProcess>()
  #reads = 0
  readonly #nodes = new Map<ServerId, { disks: SimulatedDisk[]; process: SimulatedProcess | undefined }>()

  constructor(options: SimulateOptions) {
    const { nodes = 3, seed = 1, diskMs = 0.3, clockRates = {}, isSteady = false, isVerbose = false } = options
    this.random = new Seeded(seed)
    this.diskMs = diskMs
    this.network = new SimulatedNetwork(this.world, this.random, !isSteady)
    this.ids = Array.from({ length: nodes }, (_, i) => `n${i + 1}`)
    this.watcher = new Watcher({
      world: this.world,
      disks: (id) => this.#nodes.get(id)!.disks,
      ended: (process) => this.#onEnded(process),
      isVerbose,
    })
    this.#setting = {
      world: this.world,
      random: this.random,
      network: this.network,
      peers: this.ids.map((id) => ({ id, address: addressOf(id) })),
      timing: { heartbeatTimeoutMs: 100, leaderLeaseTimeoutMs: 80, ...options.timing },
      snapshots: { thresholdEntries: 50, trailingEntries: 20, intervalMs: 500, ...options.snapshots },
      limits: { ...options.limits },
      diskMs: () => this.diskMs,
      clockRates,
      isSteady,
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

  /** Proposes `text` at a node, by default the leader; its outcome appears in `outcomes`. Of empty ones none is told from another. */
  propose(text: string, at: ServerId | undefined = this.leader()): void {
    const process = this.#living(at)
    if (process === undefined) return
    const isTold = text !== ''
    if (isTold) {
      this.outcomes.set(text, 'pending')
      this.#askedAt.set(text, process)
      this.watcher.proposed(text)
    }
    process.run(() =>
      process.driver.propose(new TextEncoder().encode(text), {}, (error, applied) => {
        if (!process.isAlive || !isTold) return
        const outcome = applied ? 'acknowledged' : codeOf(error)
        if (applied) this.watcher.acknowledged(text, applied.index, applied.term)
        else if (!unknownOutcomes.includes(outcome)) this.watcher.refused(text, outcome)
        this.outcomes.set(text, outcome)
      }),
    )
  }

  /** Asks a node to confirm that it leads (`verified`), or that it has applied all that is committed (`barrier`). */
  read(kind: 'verified' | 'barrier', at: ServerId | undefined = this.leader()): void {
    const process = this.#living(at)
    const read = `r${this.#reads++}`
    process?.run(() => {
      this.watcher.readAsked(read)
      const done = (error?: Error): void => {
        if (error === undefined && process.isAlive) this.watcher.readAnswered(read, kind, process)
      }
      if (kind === 'verified') process.driver.verifyLeader(done)
      else process.driver.barrier(done)
    })
  }

  transfer(to?: ServerId, at: ServerId | undefined = this.leader()): void {
    const process = this.#living(at)
    process?.run(() =>
      process.driver.transferLeadership(to, (error) => this.watcher.note(`transfer: ${error?.message ?? 'done'}`)),
    )
  }

  /** Asks a node, by default the leader, for a configuration in which members have other suffrages. */
  setSuffrages(suffrages: Readonly<Record<ServerId, Suffrage>>, at: ServerId | undefined = this.leader()): void {
    const process = this.#living(at)
    const placed = process?.driver.status().configuration
    if (process === undefined || placed === undefined) return
    const servers = placed.configuration.servers.map((server) => ({
      ...server,
      suffrage: suffrages[server.id] ?? server.suffrage,
    }))
    const wish = Object.entries(suffrages).map(([id, suffrage]) => `${id} becomes ${suffrage}`)
    process.run(() =>
      process.driver.changeConfiguration({ servers, outgoing: [] }, placed.index, (error) =>
        this.watcher.note(`${wish.join(', ')}: ${error?.message ?? 'done'}`),
      ),
    )
  }

  takeSnapshot(id: ServerId): void {
    const process = this.#living(id)
    process?.run(() =>
      process.driver.takeSnapshot((error) => {
        if (error) this.watcher.note(`${id} takes no snapshot: ${error.message}`)
      }),
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
    this.process(id)?.crash()
  }

  /** kill -9 in the middle of something: after so many more messages and writes. */
  crashAfter(id: ServerId, acts: number): void {
    this.process(id)?.crashAfter(acts)
  }

  restart(id: ServerId): void {
    this.crash(id)
    this.start(id)
  }

  /** The process ends in good order: it closes its connections and its log, then exits. */
  stop(id: ServerId): void {
    this.watcher.note(`${id} stops`)
    this.#living(id)?.stop((error) => {
      if (error) this.watcher.note(`${id} stops badly: ${error.message}`)
    })
  }

  /** kill -9, and the disk is lost. */
  wipe(id: ServerId): void {
    this.crash(id)
    this.watcher.note(`${id} loses its disk`)
    this.#nodes.get(id)!.disks.unshift(new SimulatedDisk())
  }

  /** The state machine of the node fails to write its next snapshot. */
  failSnapshot(id: ServerId): void {
    this.watcher.note(`the next snapshot of ${id} fails`)
    this.#living(id)?.fsm.failSnapshot()
  }

  /** The next write of the node fails, and every later one: it must stop. */
  breakDisk(id: ServerId): void {
    this.watcher.note(`the disk of ${id} breaks`)
    this.#living(id)?.breakDisk()
  }

  stallDisk(id: ServerId, ms: number): void {
    this.watcher.note(`the disk of ${id} stands still for ${ms.toFixed(0)} ms`)
    this.#living(id)?.stallDisk(ms)
  }

  /** Takes back a planned crash or disk error that has not come yet. */
  disarm(id: ServerId): void {
    this.#living(id)?.disarm()
  }

  pause(id: ServerId, ms: number): void {
    this.watcher.note(`${id} stands still for ${ms.toFixed(0)} ms`)
    this.#living(id)?.pause(ms)
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

  /** The connection between two nodes is closed under both; they connect again. */
  resetConnection(a: ServerId, b: ServerId): void {
    this.watcher.note(`reset ${a} - ${b}`)
    this.network.reset(a, b)
  }

  /** What one node sends another is held back for `ms`, then comes all at once. */
  clog(from: ServerId, to: ServerId, ms: number): void {
    this.watcher.note(`clog ${from} > ${to} for ${ms.toFixed(0)} ms`)
    this.network.clog(from, to, ms)
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

  applied(id: ServerId): number {
    return this.status(id).appliedIndex
  }

  /** Equal for equal runs. */
  get traceHash(): number {
    return this.world.trace.value
  }

  #living(id: ServerId | undefined): SimulatedProcess | undefined {
    const process = id === undefined ? undefined : this.process(id)
    return process?.isAlive ? process : undefined
  }

  #onEnded(process: SimulatedProcess): void {
    this.watcher.note(`${process.id} ends`)
    // A client of a dead process never hears of its proposal again.
    for (const [text, asked] of this.#askedAt) {
      if (asked !== process) continue
      this.#askedAt.delete(text)
      if (this.outcomes.get(text) === 'pending') this.outcomes.set(text, 'lost with its process')
    }
  }
}

function codeOf(error: Error | undefined): Outcome {
  return error instanceof RaftError ? error.code : String(error)
}
