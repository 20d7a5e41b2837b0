import type { LogStore, SnapshotStore, StableStore } from 'raft-core'
import { SimulatedDisk } from '../sim/disk.ts'
import { simulatedLogStore, simulatedSnapshotStore, simulatedStableStore, type StoreHost } from '../sim/stores.ts'
import { nextTurn, type Schedule } from './schedule.ts'

/** The three stores of one node, in memory. Opened again on the same object, they hold what was durable: a restart. */
export interface MemoryStores {
  readonly logStore: LogStore
  readonly stableStore: StableStore
  readonly snapshotStore: SnapshotStore
}

/** What survives a restart of a node whose stores are in memory. */
export class MemoryDisk extends SimulatedDisk {}

/** Stores in memory that answer when `schedule` says, by default in the next turn of the event loop. */
export function memoryStores(disk: MemoryDisk = new MemoryDisk(), schedule: Schedule = nextTurn): MemoryStores {
  const host: StoreHost = {
    mayAct: () => true,
    later: (_kind, action) => schedule(action),
    noticed: () => {},
  }
  return {
    logStore: simulatedLogStore(disk, host),
    stableStore: simulatedStableStore(disk, host),
    snapshotStore: simulatedSnapshotStore(disk, host),
  }
}
