import { createHash } from 'node:crypto'
import {
  type NodeEvent,
  RaftDriver,
  type RaftTiming,
  type ServerId,
  type SnapshotOptions,
  type TransportPeer,
} from 'raft-core'
import { ChainFsm, type ChainVerdict } from './chain-fsm.ts'
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
  /** Mean time of a synced write. */
  readonly diskMs: () => number
  readonly observer: ProcessObserver
}

/** Who watches processes: the invariants. */
export interface ProcessObserver {
  operation(process: SimulatedProcess, stage: 'asked' | 'durable', operation: LogOperation): void
  applied(process: SimulatedProcess, index: number, term: number, payload: Uint8Array, digest: number): void
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
  #resumesAt = 0
  #diskFreeAt = 0
  failure: Error | undefined

  constructor(id: ServerId, disk: SimulatedDisk, setting: ProcessSetting) {
    this.id = id
    this.disk = disk
    this.#setting = setting
    const { world, random, network, peers, observer } = setting
    const store: StoreHost = {
      later: (kind, action) => this.#disk(kind, action),
      noticed: (stage, operation) => observer.operation(this, stage, operation),
    }
    this.fsm = new ChainFsm((entry, digest) => observer.applied(this, entry.index, entry.term, entry.payload, digest))
    this.driver = new RaftDriver<ChainVerdict>({
      id,
      address: addressOf(id),
      formation: { chainId: 'sim', genesisHash: 'aa', peers, bootstrap: true, isEmpty: true },
      logStore: simulatedLogStore(disk, store),
      stableStore: simulatedStableStore(disk, store),
      snapshotStore: simulatedSnapshotStore(disk, store),
      transport: network.transport(id, (action) => this.run(action)),
      fsm: this.fsm,
      clock: { now: () => world.now, wakeAt: (at, wake) => world.at(at, () => this.run(wake)) },
      random: { bytes: (length) => random.bytes(length) },
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      timing: setting.timing,
      snapshots: setting.snapshots,
    })
    this.driver.on((event) => {
      if (event.kind === 'failed') this.failure = event.error
      observer.event(this, event)
    })
    this.driver.start((error) => {
      if (error) this.failure = error
    })
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get isPaused(): boolean {
    return this.#setting.world.now < this.#resumesAt
  }

  /** Runs `action` inside the process: now, when it wakes from a pause, or never if it is dead by then. */
  run(action: () => void): void {
    if (!this.#isAlive) return
    if (this.isPaused) this.#setting.world.at(this.#resumesAt, () => this.run(action))
    else action()
  }

  /** The event loop stands still: nothing runs in the process for `ms`. */
  pause(ms: number): void {
    this.#resumesAt = this.#setting.world.now + ms
  }

  /** The process ends without a word. */
  crash(): void {
    this.#isAlive = false
    this.disk.crash(this.#setting.random)
    this.#setting.network.leave(this.id)
  }

  /** Writes end in the order in which they were asked for. */
  #disk(kind: 'read' | 'write', action: () => void): void {
    const { world, random, diskMs } = this.#setting
    const mean = kind === 'write' ? diskMs() : diskMs() / 10
    const at = world.now + mean * 0.2 + random.exponential(mean * 0.8)
    if (kind === 'write') this.#diskFreeAt = Math.max(this.#diskFreeAt, at)
    world.at(kind === 'write' ? this.#diskFreeAt : at, () => this.run(action))
  }
}

export function addressOf(id: ServerId): string {
  return `${id}:1`
}
