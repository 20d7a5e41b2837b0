import {
  type Entry,
  type HardState,
  initialHardState,
  type LogPosition,
  type LogWrite,
  type SnapshotMetadata,
  type StableKey,
} from 'raft-core'
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
  /** Other writes on their way: identity, founding record, a finished snapshot. */
  readonly unsettled: Set<() => void> = new Set()

  /** The process is gone: of what was on its way, a prefix may have reached the platter; returns that. */
  crash(random: Seeded): readonly LogOperation[] {
    const count = random.chance(0.5) ? random.below(this.pending.length + 1) : 0
    const survivors = this.pending.splice(0).slice(0, count)
    for (const operation of survivors) applyOperation(this.log, operation)
    for (const change of this.unsettled) if (random.chance(0.5)) change()
    this.unsettled.clear()
    return survivors
  }
}

export function lastIndex(image: LogImage): number {
  return image.base.index + image.entries.length
}

/** The entry at an index, if the log has it. */
export function entryAt(image: LogImage, index: number): Entry | undefined {
  return image.entries[index - image.base.index - 1]
}

/** The term at an index, the base's included; undefined when the log does not know it. */
export function termAt(image: LogImage, index: number): number | undefined {
  return index === image.base.index ? image.base.term : entryAt(image, index)?.term
}

/** Where a node that starts on this disk would find itself: a log that lacks the newest snapshot's last entry is void then. */
export function durableEnd(disk: SimulatedDisk): LogPosition {
  const snapshot = voidingSnapshot(disk)
  if (snapshot) return { index: snapshot.index, term: snapshot.term }
  const index = lastIndex(disk.log)
  return { index, term: termAt(disk.log, index) ?? 0 }
}

/** The term that such a node would have at an index; undefined when it has no entry there or compacted it. */
export function durableTermAt(disk: SimulatedDisk, index: number): number | undefined {
  const snapshot = voidingSnapshot(disk)
  if (snapshot) return snapshot.index === index ? snapshot.term : undefined
  return termAt(disk.log, index)
}

function voidingSnapshot({ log, snapshots }: SimulatedDisk): SnapshotMetadata | undefined {
  const newest = snapshots[0]?.metadata
  if (newest === undefined || newest.index < log.base.index) return undefined
  return termAt(log, newest.index) === newest.term ? undefined : newest
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
