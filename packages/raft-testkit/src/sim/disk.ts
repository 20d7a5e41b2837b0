import {
  type Entry,
  type HardState,
  initialHardState,
  type LogPosition,
  type LogWrite,
  type StableKey,
} from 'raft-core'
import type { SnapshotMetadata } from 'raft-core'
import type { Seeded } from './seeded.ts'

/** A log as it stands: on the platter, or as its process sees it. */
export interface LogImage {
  base: LogPosition
  entries: Entry[]
  hardState: HardState
}

export type LogOperation =
  | { readonly kind: 'append'; readonly write: LogWrite }
  | { readonly kind: 'compact'; readonly position: LogPosition }
  | { readonly kind: 'reset'; readonly position: LogPosition }

export interface SnapshotImage {
  readonly metadata: SnapshotMetadata
  readonly bytes: Uint8Array
}

/**
 * What survives a process: writes that were called back, in order, and by luck some of those that were not yet.
 *
 * Each log operation is atomic, as a database's batch is.
 */
export class SimulatedDisk {
  readonly log: LogImage = { base: { index: 0, term: 0 }, entries: [], hardState: initialHardState }
  readonly stable: Map<StableKey, Uint8Array> = new Map()
  snapshots: readonly SnapshotImage[] = []
  /** Operations that were asked for and are not durable yet, oldest first. */
  readonly pending: LogOperation[] = []

  /** The process is gone: of what was on its way, a prefix may have reached the platter. */
  crash(random: Seeded): void {
    const survivors = random.chance(0.5) ? random.below(this.pending.length + 1) : 0
    for (const operation of this.pending.splice(0).slice(0, survivors)) applyOperation(this.log, operation)
  }
}

export function lastIndex(image: LogImage): number {
  return image.base.index + image.entries.length
}

/** The entry at an index, if the log has it. */
export function entryAt(image: LogImage, index: number): Entry | undefined {
  return image.entries[index - image.base.index - 1]
}

export function copyImage(image: LogImage): LogImage {
  return { ...image, entries: [...image.entries] }
}

export function applyOperation(image: LogImage, operation: LogOperation): void {
  if (operation.kind === 'reset') {
    image.base = operation.position
    image.entries = []
  } else if (operation.kind === 'compact') {
    const count = Math.max(0, operation.position.index - image.base.index)
    image.entries = image.entries.slice(count)
    if (count > 0) image.base = operation.position
  } else {
    applyWrite(image, operation.write)
  }
}

function applyWrite(image: LogImage, { truncateFrom, entries, hardState }: LogWrite): void {
  if (truncateFrom !== undefined)
    image.entries.length = Math.min(image.entries.length, truncateFrom - image.base.index - 1)
  for (const entry of entries) {
    if (entry.index !== lastIndex(image) + 1)
      throw new Error(`entry ${entry.index} does not follow ${lastIndex(image)}`)
    image.entries.push(entry)
  }
  if (hardState) image.hardState = hardState
}
