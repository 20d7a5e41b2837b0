import {
  type AppliedEntry,
  decodeFoundingRecord,
  type Envelope,
  type NodeEvent,
  type RaftState,
  type ServerId,
} from 'raft-core'
import { allInvariants } from '../check/invariants.ts'
import type { Invariant, NodeObservation, WriteObservation } from '../check/observation.ts'
import { Violation } from '../check/violation.ts'
import { describeEvent, describeMessage } from './describe.ts'
import { Directories, incarnationOn } from './directories.ts'
import type { LogOperation, SimulatedDisk } from './disk.ts'
import type { ProcessObserver, SimulatedProcess } from './process.ts'
import type { World } from './world.ts'

export interface WatcherOptions {
  readonly world: World
  /** The disk in use first, then those that were lost. */
  readonly disks: (id: ServerId) => readonly SimulatedDisk[]
  readonly ended: (process: SimulatedProcess) => void
  /** Notes every message, not only what nodes report. */
  readonly isVerbose: boolean
}

/** Readable events that are kept. */
const tailLines = 400

/** Shows every event to every invariant, and keeps a readable tail of what happened. */
export class Watcher implements ProcessObserver {
  readonly #options: WatcherOptions
  readonly #invariants: readonly Invariant[] = allInvariants()
  /** Those that look at something, by what it is: a few of all, for what happens most. */
  readonly #interested = new Map<keyof Invariant, readonly Invariant[]>()
  readonly #nodes = new Map<SimulatedProcess, Watched>()
  readonly #touched = new Set<SimulatedProcess>()
  readonly #directories: Directories
  readonly #foundings = new Map<SimulatedDisk, Uint8Array>()
  #broken: Violation | undefined
  /** Called when a node says that it was elected. */
  onElected: (id: ServerId) => void = () => {}
  /** Called with each readable event, and when it happened. */
  onLine: (atMs: number, line: string) => void = () => {}
  /** Readable events, the newest last; only so many are kept. */
  readonly tail: string[] = []

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#directories = new Directories(options.disks, () => this.#nodes.values())
    options.world.afterEach = () => this.#afterEach()
  }

  ran(process: SimulatedProcess): void {
    this.#touched.add(process)
  }

  ended(process: SimulatedProcess): void {
    this.#nodes.delete(process)
    this.#touched.delete(process)
    this.#lookAtFounding(process)
    if (process.failure && !process.isDiskBroken) {
      this.#broken ??= new Violation('no node fails', `${process.id}: ${explained(process.failure)}`)
    }
    this.#options.ended(process)
  }

  operation(
    process: SimulatedProcess,
    stage: 'asked' | 'durable',
    operation: LogOperation,
    previousTerm: number,
  ): void {
    if (operation.kind !== 'append') return
    const { entries, hardState } = operation.write
    const incarnation = process.driver.identity?.incarnation ?? ''
    const write: WriteObservation = { id: process.id, incarnation, previousTerm, entries, hardState }
    if (stage === 'asked') this.#check('onWrite', (invariant) => invariant.onWrite?.(write))
    else this.#check('onDurable', (invariant) => invariant.onDurable?.(write))
    if (!this.#options.isVerbose) return
    const range = entries.length > 0 ? ` ${entries[0]!.index}..${entries.at(-1)!.index}` : ''
    const term = hardState ? ` term ${hardState.term} vote ${hardState.votedFor?.id ?? 'none'}` : ''
    this.#keep(`${process.id} write ${stage}:${range}${term}`)
  }

  sent(process: SimulatedProcess, to: ServerId, envelope: Envelope): void {
    if (this.#options.isVerbose) this.#keep(`${process.id} -> ${to}  ${describeMessage(envelope.message)}`)
    const node = this.#observe(process)
    if (node) this.#check('onSent', (invariant) => invariant.onSent?.(node, to, envelope, this.#directories))
  }

  applied({ id }: SimulatedProcess, { index, term, payload }: AppliedEntry, digest: number): void {
    this.#options.world.trace.mix(digest)
    this.#check('onApplied', (invariant) => invariant.onApplied?.({ id, index, term, payload, digest }))
  }

  restored(process: SimulatedProcess, index: number, digest: number): void {
    this.#check('onRestored', (invariant) => invariant.onRestored?.(process.id, index, digest))
  }

  proposed(serial: string): void {
    this.#check('onProposed', (invariant) => invariant.onProposed?.(serial))
  }

  acknowledged(serial: string, index: number, term: number): void {
    this.#check('onAcknowledged', (invariant) => invariant.onAcknowledged?.(serial, index, term))
  }

  refused(serial: string, code: string): void {
    this.#check('onRefused', (invariant) => invariant.onRefused?.(serial, code))
  }

  readAsked(read: string): void {
    this.#check('onReadAsked', (invariant) => invariant.onReadAsked?.(read))
  }

  readAnswered(read: string, kind: 'verified' | 'barrier', process: SimulatedProcess): void {
    const node = this.#observe(process)
    if (node === undefined) return
    // The barrier is answered in the middle of a batch, before that is reported.
    const { appliedIndex } = process.driver.status()
    this.#check('onReadAnswered', (invariant) => invariant.onReadAnswered?.(read, kind, { ...node, appliedIndex }))
  }

  event(process: SimulatedProcess, event: NodeEvent): void {
    const node = this.#observe(process)
    if (event.kind === 'roleChanged' && event.role === 'leader') this.onElected(process.id)
    if (node && event.kind === 'applied') node.appliedIndex = event.index
    if (node && event.kind === 'logTruncated') {
      this.#check('onTruncated', (invariant) => invariant.onTruncated?.(node, event.from))
    }
    if (node && event.kind === 'snapshotTaken') {
      this.#check('onSnapshotTaken', (invariant) => invariant.onSnapshotTaken?.(node, event.index))
    }
    if (event.kind === 'applied' || event.kind === 'peerDown' || event.kind === 'peerUp') {
      if (this.#options.isVerbose) this.#keep(`${process.id} ${describeEvent(event)}`)
    } else this.note(`${process.id} ${describeEvent(event)}`)
  }

  /** Something worth a line, the same in every run of the seed. */
  note(line: string): void {
    this.#options.world.trace.mixText(line)
    this.#keep(line)
  }

  #keep(line: string): void {
    this.onLine(this.#options.world.now, line)
    this.tail.push(`${this.#options.world.now.toFixed(2).padStart(10)}  ${line}`)
    if (this.tail.length > tailLines) this.tail.shift()
  }

  #afterEach(): void {
    for (const process of this.#touched) {
      this.#lookAtFounding(process)
      const node = this.#observe(process)
      if (node) this.#check('afterEvent', (invariant) => invariant.afterEvent?.(node, this.#directories))
    }
    this.#touched.clear()
    if (this.#broken) throw this.#broken
  }

  #lookAtFounding({ id, disk }: SimulatedProcess): void {
    const bytes = disk.stable.get('founding')
    if (bytes === undefined || bytes === this.#foundings.get(disk)) return
    const incarnation = incarnationOn(disk)
    if (incarnation === undefined) return
    this.#foundings.set(disk, bytes)
    const record = bytes.length > 0 ? decodeFoundingRecord(bytes) : undefined
    this.#check('onFoundingStored', (invariant) => invariant.onFoundingStored?.({ id, incarnation, record }))
  }

  #observe(process: SimulatedProcess): Watched | undefined {
    const known = this.#nodes.get(process)
    if (known) return known
    const { state, identity } = process.driver
    if (!process.isAlive || state === undefined || identity === undefined) return undefined
    const { incarnation, bootNonce } = identity
    const boot = `${incarnation}/${bootNonce}`
    const node: Watched = { id: process.id, incarnation, boot, state, appliedIndex: state.snapshot.index }
    this.#nodes.set(process, node)
    return node
  }

  #interestedIn(hook: keyof Invariant): readonly Invariant[] {
    let interested = this.#interested.get(hook)
    if (interested === undefined) {
      interested = this.#invariants.filter((invariant) => invariant[hook] !== undefined)
      this.#interested.set(hook, interested)
    }
    return interested
  }

  /** A violation inside a node must not look to it like a failed port: it is kept, and thrown when the event is over. */
  #check(hook: keyof Invariant, look: (invariant: Invariant) => void): void {
    try {
      for (const invariant of this.#interestedIn(hook)) look(invariant)
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.#broken ??= error
    }
  }
}

interface Watched extends NodeObservation {
  readonly state: Readonly<RaftState>
  appliedIndex: number
}

function explained(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${explained(error.cause)}` : error.message
}
