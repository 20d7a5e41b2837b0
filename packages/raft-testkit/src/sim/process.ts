import { createHash } from 'node:crypto'
import {
  type AppliedEntry,
  type Envelope,
  type NodeEvent,
  RaftDriver,
  type RaftLimits,
  type RaftTiming,
  type ServerId,
  type SnapshotOptions,
  type TransportPeer,
} from 'raft-core'
import { ChainFsm, type ChainVerdict } from './chain-fsm.ts'
import { ratedClock } from './clock.ts'
import type { LogOperation, SimulatedDisk } from './disk.ts'
import type { SimulatedNetwork } from './network.ts'
import type { Seeded } from './seeded.ts'
import { simulatedLogStore, simulatedSnapshotStore, simulatedStableStore, type StoreHost } from './stores.ts'
import type { World } from './world.ts'

/** What all processes of a cluster share. */
export interface ProcessSetting {
  readonly world: World
  readonly random: Seeded
  readonly network: SimulatedNetwork
  readonly peers: readonly TransportPeer[]
  readonly timing: Partial<RaftTiming>
  readonly snapshots: Partial<SnapshotOptions>
  readonly limits: Partial<RaftLimits>
  /** Mean time of a synced write. */
  readonly diskMs: () => number
  /** How fast clocks run that are not true; 1 is true. */
  readonly clockRates: Readonly<Record<ServerId, number>>
  /** Writes take their mean time exactly. */
  readonly isSteady: boolean
  readonly observer: ProcessObserver
}

/** Who watches processes: the invariants. */
export interface ProcessObserver {
  /** The process ran: its state may have changed. */
  ran(process: SimulatedProcess): void
  ended(process: SimulatedProcess): void
  operation(process: SimulatedProcess, stage: 'asked' | 'durable', operation: LogOperation, previousTerm: number): void
  sent(process: SimulatedProcess, to: ServerId, envelope: Envelope): void
  applied(process: SimulatedProcess, entry: AppliedEntry, digest: number): void
  restored(process: SimulatedProcess, index: number, digest: number): void
  event(process: SimulatedProcess, event: NodeEvent): void
}

/** One start of a node on a disk: the driver that ships, on simulated ports, until it is crashed. */
export class SimulatedProcess {
  readonly id: ServerId
  readonly disk: SimulatedDisk
  readonly driver: RaftDriver<ChainVerdict>
  readonly fsm: ChainFsm
  readonly #setting: ProcessSetting
  #isAlive = true
  #isStopping = false
  #resumesAt = 0
  #diskFreeAt = 0
  #diskFault: 'none' | 'nextWriteFails' | 'broken' = 'none'
  #actsLeft = Number.POSITIVE_INFINITY
  /** Why the node stopped by itself, if it did. */
  failure: Error | undefined

  constructor(id: ServerId, disk: SimulatedDisk, setting: ProcessSetting) {
    this.id = id
    this.disk = disk
    this.#setting = setting
    const { world, random, network, peers, observer } = setting
    const store: StoreHost = {
      mayAct: () => this.#mayAct(),
      later: (kind, action) => this.#disk(kind, action),
      noticed: (stage, operation, previousTerm) => observer.operation(this, stage, operation, previousTerm),
    }
    this.fsm = new ChainFsm({
      applied: (entry, digest) => observer.applied(this, entry, digest),
      restored: (index, digest) => observer.restored(this, index, digest),
    })
    this.driver = new RaftDriver<ChainVerdict>({
      id,
      address: addressOf(id),
      formation: { chainId: 'sim', genesisHash: 'aa', peers, bootstrap: true, isEmpty: true },
      logStore: simulatedLogStore(disk, store),
      stableStore: simulatedStableStore(disk, store),
      snapshotStore: simulatedSnapshotStore(disk, store),
      transport: network.transport({
        id,
        deliver: (action) => this.run(action),
        isPaused: () => this.isPaused,
        sends: (to, envelope) => {
          if (!this.#mayAct()) return false
          observer.sent(this, to, envelope)
          return true
        },
      }),
      fsm: this.fsm,
      clock: ratedClock(world, setting.clockRates[id] ?? 1, (action) => this.run(action)),
      random: { bytes: (length) => random.bytes(length) },
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      timing: setting.timing,
      snapshots: setting.snapshots,
      limits: setting.limits,
    })
    this.driver.on((event) => {
      if (event.kind === 'failed') this.#fail(event.error)
      observer.event(this, event)
    })
    this.driver.start((error) => {
      if (error && !this.#isStopping) this.#fail(error)
    })
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get isPaused(): boolean {
    return this.#setting.world.now < this.#resumesAt
  }

  /** True once its disk reported an error: the node must stop, and may. */
  get isDiskBroken(): boolean {
    return this.#diskFault === 'broken'
  }

  /** Runs `action` inside the process: now, when it wakes from a pause, or never if it is dead by then. */
  run(action: () => void): void {
    if (!this.#isAlive) return
    if (this.isPaused) {
      this.#setting.world.at(this.#resumesAt, () => this.run(action))
      return
    }
    action()
    this.#setting.observer.ran(this)
  }

  /** The event loop stands still: nothing runs in the process for `ms`. */
  pause(ms: number): void {
    this.#resumesAt = Math.max(this.#resumesAt, this.#setting.world.now + ms)
  }

  /** The process ends in good order: it closes its connections and its log, then exits. */
  stop(done: (error?: Error) => void): void {
    this.run(() => {
      this.#isStopping = true
      this.driver.stop((error) => {
        done(error)
        this.#setting.world.after(0, () => this.crash())
      })
    })
  }

  /** The process ends without a word. */
  crash(): void {
    if (!this.#isAlive) return
    this.#isAlive = false
    const { random, network, observer } = this.#setting
    for (const survivor of this.disk.crash(random)) observer.operation(this, 'durable', survivor, 0)
    network.leave(this.id)
    observer.ended(this)
  }

  /** The process ends after asking for so many more messages and writes, in the middle of what it does then. */
  crashAfter(acts: number): void {
    this.#actsLeft = acts
  }

  /** The next write fails, and every later one. */
  breakDisk(): void {
    if (this.#diskFault === 'none') this.#diskFault = 'nextWriteFails'
  }

  /** Takes back a planned crash or disk error that has not come yet. */
  disarm(): void {
    this.#actsLeft = Number.POSITIVE_INFINITY
    if (this.#diskFault === 'nextWriteFails') this.#diskFault = 'none'
  }

  /** The disk answers nothing for `ms`. */
  stallDisk(ms: number): void {
    this.#diskFreeAt = Math.max(this.#diskFreeAt, this.#setting.world.now) + ms
  }

  #mayAct(): boolean {
    if (this.#isAlive && this.#actsLeft <= 0) this.crash()
    this.#actsLeft -= 1
    return this.#isAlive
  }

  #fail(error: Error): void {
    this.failure ??= error
    // A node that stopped by itself has nothing left to do; its process ends.
    this.#setting.world.after(0, () => this.crash())
  }

  /** Writes end in the order in which they were asked for. */
  #disk(kind: 'read' | 'write', action: (error?: Error) => void): void {
    const { world, random, diskMs, isSteady } = this.#setting
    const mean = kind === 'write' ? diskMs() : diskMs() / 10
    const at = world.now + (isSteady ? mean : mean * 0.2 + random.exponential(mean * 0.8))
    if (kind === 'write') this.#diskFreeAt = Math.max(this.#diskFreeAt, at)
    world.at(kind === 'write' ? this.#diskFreeAt : at, () => this.run(() => action(this.#diskError(kind))))
  }

  #diskError(kind: 'read' | 'write'): Error | undefined {
    if (kind === 'read' || this.#diskFault === 'none') return undefined
    this.#diskFault = 'broken'
    return new Error('EIO: input/output error, fdatasync')
  }
}

export function addressOf(id: ServerId): string {
  return `${id}:1`
}
