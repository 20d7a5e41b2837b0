import type { ServerId, Suffrage } from 'raft-core'
import type { Cluster } from '../sim/cluster.ts'
import type { NetworkFaults } from '../sim/network.ts'

/**
 * One thing that is done to a cluster from outside: a fault, what an operator does, what a client asks for. Plain data, so that a
 * run can be written down, played again, and made shorter.
 */
export type Act =
  | { readonly kind: ActOnNode; readonly id: ServerId }
  | { readonly kind: 'crashAfter'; readonly id: ServerId; readonly acts: number }
  | { readonly kind: 'pause' | 'stallDisk'; readonly id: ServerId; readonly ms: number }
  | { readonly kind: 'partition'; readonly side: readonly ServerId[] }
  | { readonly kind: 'cut' | 'reset'; readonly from: ServerId; readonly to: ServerId }
  | { readonly kind: 'clog'; readonly from: ServerId; readonly to: ServerId; readonly ms: number }
  | { readonly kind: 'heal' }
  | { readonly kind: 'weather'; readonly faults: NetworkFaults }
  | { readonly kind: 'diskSpeed'; readonly ms: number }
  | { readonly kind: 'transfer'; readonly at: ServerId; readonly to: ServerId | undefined }
  | { readonly kind: 'suffrage'; readonly at: ServerId; readonly suffrages: Readonly<Record<ServerId, Suffrage>> }
  | { readonly kind: 'propose'; readonly at: ServerId; readonly text: string }
  | { readonly kind: 'read'; readonly at: ServerId; readonly read: 'verified' | 'barrier' }

type ActOnNode = 'start' | 'stop' | 'crash' | 'wipe' | 'breakDisk' | 'failSnapshot' | 'snapshot' | 'isolate'

/** An act and when it was done, in simulated milliseconds. */
export interface TimedAct {
  readonly atMs: number
  readonly act: Act
}

/** Does an act, and lets the invariants look at what it did, before anything else happens. */
export function perform(cluster: Cluster, act: Act): void {
  dispatch(cluster, act)
  cluster.world.afterEach()
}

function dispatch(cluster: Cluster, act: Act): void {
  switch (act.kind) {
    case 'start':
      return cluster.start(act.id)
    case 'stop':
      return cluster.stop(act.id)
    case 'crash':
      return cluster.crash(act.id)
    case 'wipe':
      return cluster.wipe(act.id)
    case 'breakDisk':
      return cluster.breakDisk(act.id)
    case 'failSnapshot':
      return cluster.failSnapshot(act.id)
    case 'snapshot':
      return cluster.takeSnapshot(act.id)
    case 'isolate':
      return cluster.isolate(act.id)
    case 'crashAfter':
      return cluster.crashAfter(act.id, act.acts)
    case 'pause':
      return cluster.pause(act.id, act.ms)
    case 'stallDisk':
      return cluster.stallDisk(act.id, act.ms)
    case 'partition':
      return cluster.partition(
        act.side,
        cluster.ids.filter((id) => !act.side.includes(id)),
      )
    case 'cut':
      return cluster.cutOneWay(act.from, act.to)
    case 'reset':
      return cluster.resetConnection(act.from, act.to)
    case 'clog':
      return cluster.clog(act.from, act.to, act.ms)
    case 'heal':
      return cluster.heal()
    case 'weather':
      cluster.network.faults = act.faults
      return
    case 'diskSpeed':
      cluster.diskMs = act.ms
      return
    case 'transfer':
      return cluster.transfer(act.to, act.at)
    case 'suffrage':
      return cluster.setSuffrages(act.suffrages, act.at)
    case 'propose':
      return cluster.propose(act.text, act.at)
    case 'read':
      return cluster.read(act.read, act.at)
  }
}

/** One line: its kind, then what belongs to it, in a fixed order. */
export function describeAct({ atMs, act }: TimedAct): string {
  const { kind, ...rest } = act
  const details = Object.entries(rest).map(([name, value]) => `${name} ${describeValue(value)}`)
  return [atMs.toFixed(2).padStart(10), ` ${kind}`, ...details].join(' ')
}

function describeValue(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 100) / 100)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
