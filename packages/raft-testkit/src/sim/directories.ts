import { decodeIdentity, type HardState, type ServerId } from 'raft-core'
import type { ClusterObservation, NodeObservation } from '../check/observation.ts'
import { durableEnd, durableTermAt, type SimulatedDisk } from './disk.ts'

/** What the disks of a cluster durably hold, asked by directory; the truth that claims are compared with. */
export class Directories implements ClusterObservation {
  readonly #disks: (id: ServerId) => readonly SimulatedDisk[]
  readonly #alive: () => Iterable<NodeObservation>
  readonly #known = new Map<string, SimulatedDisk>()

  /** `disks` gives the disk in use first, then those that were lost: an answer may have left just before. */
  constructor(disks: (id: ServerId) => readonly SimulatedDisk[], alive: () => Iterable<NodeObservation>) {
    this.#disks = disks
    this.#alive = alive
  }

  durableTerm(id: ServerId, incarnation: string, index: number): number | undefined {
    const disk = this.#disk(id, incarnation)
    return disk && durableTermAt(disk, index)
  }

  durableIndex(id: ServerId, incarnation: string): number {
    const disk = this.#disk(id, incarnation)
    return disk === undefined ? 0 : durableEnd(disk).index
  }

  durableHardState(id: ServerId, incarnation: string): HardState | undefined {
    return this.#disk(id, incarnation)?.log.hardState
  }

  leader(term: number): NodeObservation | undefined {
    for (const node of this.#alive()) {
      if (node.state.role.kind === 'leader' && node.state.term === term) return node
    }
    return undefined
  }

  #disk(id: ServerId, incarnation: string): SimulatedDisk | undefined {
    const known = this.#known.get(incarnation)
    if (known) return known
    const found = this.#disks(id).find((disk) => incarnationOn(disk) === incarnation)
    if (found) this.#known.set(incarnation, found)
    return found
  }
}

/** The directory that a disk holds, once it is known. */
export function incarnationOn(disk: SimulatedDisk): string | undefined {
  const identity = disk.stable.get('identity')
  return identity && decodeIdentity(identity).incarnation
}
