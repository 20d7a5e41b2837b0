import { decodeIdentity, type NodeEvent, type ServerId } from 'raft-core'
import { allInvariants } from '../check/invariants.ts'
import type { ClusterObservation, Invariant, NodeObservation, WriteObservation } from '../check/observation.ts'
import { Violation } from '../check/violation.ts'
import { entryAt, lastIndex, type LogOperation, type SimulatedDisk } from './disk.ts'
import type { ProcessObserver, SimulatedProcess } from './process.ts'
import type { World } from './world.ts'

/** The nodes of a cluster. */
export type Directories = ReadonlyMap<ServerId, WatchedNode>

export interface WatchedNode {
  readonly process: SimulatedProcess | undefined
  /** The disk in use first, then those that were lost: an answer may have left just before. */
  readonly disks: readonly SimulatedDisk[]
}

/** Shows every event to every invariant. */
export class Watcher implements ProcessObserver {
  readonly #world: World
  readonly #directories: () => Directories
  readonly #invariants: readonly Invariant[] = allInvariants()
  readonly #cluster: ClusterObservation
  #broken: Violation | undefined
  /** Readable events, the newest last; only so many are kept. */
  readonly tail: string[] = []

  constructor(world: World, directories: () => Directories) {
    this.#world = world
    this.#directories = directories
    this.#cluster = { durableTerm: (id, incarnation, index) => this.#durableTerm(id, incarnation, index) }
    world.afterEach = () => this.#afterEach()
  }

  operation(process: SimulatedProcess, stage: 'asked' | 'durable', operation: LogOperation): void {
    if (operation.kind !== 'append') return
    const { entries, hardState } = operation.write
    const incarnation = process.driver.identity?.incarnation ?? ''
    const first = entries[0]
    const previousTerm = first ? previousTermOf(process, first.index, operation) : 0
    const write: WriteObservation = { id: process.id, incarnation, previousTerm, entries, hardState }
    this.#check((invariant) => (stage === 'asked' ? invariant.onWrite?.(write) : invariant.onDurable?.(write)))
  }

  applied(process: SimulatedProcess, index: number, term: number, payload: Uint8Array, digest: number): void {
    this.#world.trace.mix(digest)
    this.#check((invariant) => invariant.onApplied?.(process.id, index, term, payload, digest))
  }

  acknowledged(serial: string, index: number, term: number): void {
    this.#check((invariant) => invariant.onAcknowledged?.(serial, index, term))
  }

  event(process: SimulatedProcess, event: NodeEvent): void {
    if (event.kind === 'failed')
      this.#broken ??= new Violation('no node fails', `${process.id}: ${String(event.error)}`)
    if (event.kind === 'logTruncated') {
      const node = observe(process)
      if (node) this.#check((invariant) => invariant.onTruncated?.(node, event.from))
    }
    if (event.kind !== 'applied' && event.kind !== 'peerDown') this.note(`${process.id} ${describe(event)}`)
  }

  note(line: string): void {
    this.#world.trace.mixText(line)
    this.tail.push(`${this.#world.now.toFixed(2).padStart(10)}  ${line}`)
    if (this.tail.length > 400) this.tail.shift()
  }

  #afterEach(): void {
    for (const { process } of this.#directories().values()) {
      if (process?.isAlive !== true) continue
      if (process.failure) this.#broken ??= new Violation('no node fails', `${process.id}: ${String(process.failure)}`)
      const node = observe(process)
      if (node === undefined) continue
      this.#check((invariant) => invariant.afterEvent?.(node, this.#cluster))
    }
    if (this.#broken) throw this.#broken
  }

  /** A violation inside a node must not look to it like a failed port: it is kept, and thrown when the event is over. */
  #check(look: (invariant: Invariant) => void): void {
    for (const invariant of this.#invariants) {
      try {
        look(invariant)
      } catch (error) {
        if (!(error instanceof Violation)) throw error
        this.#broken ??= error
      }
    }
  }

  #durableTerm(id: ServerId, incarnation: string, index: number): number | undefined {
    const disk = this.#directories()
      .get(id)
      ?.disks.find((candidate) => incarnationOn(candidate) === incarnation)
    if (disk === undefined) return undefined
    const { log, snapshots } = disk
    if (index === log.base.index) return log.base.term
    if (index > log.base.index && index <= lastIndex(log)) return entryAt(log, index)?.term
    return snapshots.find(({ metadata }) => metadata.index === index)?.metadata.term
  }
}

function incarnationOn(disk: SimulatedDisk): string | undefined {
  const identity = disk.stable.get('identity')
  return identity && decodeIdentity(identity).incarnation
}

function observe(process: SimulatedProcess): NodeObservation | undefined {
  const { state, identity } = process.driver
  if (state === undefined || identity === undefined) return undefined
  const { incarnation, bootCounter } = identity
  return { id: process.id, incarnation, bootCounter, state, appliedIndex: process.driver.status().appliedIndex }
}

function previousTermOf(process: SimulatedProcess, index: number, operation: LogOperation): number {
  const { log, pending } = process.disk
  for (const earlier of pending.toReversed()) {
    if (earlier === operation) continue
    if (earlier.kind === 'append') {
      const found = earlier.write.entries.findLast((entry) => entry.index === index - 1)
      if (found) return found.term
      if (earlier.write.truncateFrom !== undefined && earlier.write.truncateFrom < index) break
    } else if (earlier.position.index === index - 1) {
      return earlier.position.term
    }
  }
  return log.base.index === index - 1 ? log.base.term : (entryAt(log, index - 1)?.term ?? 0)
}

function describe(event: NodeEvent): string {
  const { kind, ...rest } = event
  return `${kind} ${JSON.stringify(rest)}`
}
