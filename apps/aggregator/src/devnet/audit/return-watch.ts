import type { StatusDocument } from '../../rpc/node-view.ts'
import { formatMs } from '../format.ts'
import { type Progress, progressOf } from './progress.ts'

/** What a node had when it went. */
export interface Departure {
  readonly at: number
  readonly lastLogIndex: number
  readonly height: number
}

/** What the cluster has when a node answers. */
export interface ClusterReach {
  /** The newest block. */
  readonly tip: number
  /** The oldest log entry that some other node may still give. */
  readonly oldestLogIndex: number
}

/** How a node came back. */
export interface Return {
  readonly id: string
  /** From its fault until it had every block that there was when it answered again. */
  readonly tookMs: number
  readonly height: number
  /** Present when the log it needed was gone. */
  readonly snapshot: SnapshotReturn | undefined
}

/** A return by snapshot: the blocks below it came from the other nodes' stores. */
export interface SnapshotReturn {
  readonly index: number
  readonly from: number
  readonly to: number
  /** From its first answer until it had them all. */
  readonly fillMs: number
}

interface Absent {
  readonly departure: Departure
  readonly isReturning: boolean
  /** Its first answer. */
  readonly arrival: Arrival | undefined
}

interface Arrival {
  readonly at: number
  /** The cluster's tip then. */
  readonly goal: number
  readonly isBeyondLog: boolean
  /** The highest block that it was seen to fetch from stores. */
  readonly fetchTo: number
}

// More than any screen or tour asks for.
const kept = 100

/** Waits for nodes that were away, and knows how far they are. */
export class ReturnWatch {
  readonly #absent = new Map<string, Absent>()
  readonly #progress = new Map<string, Progress>()
  readonly #returns: Return[] = []

  onDeparture(id: string, departure: Departure): void {
    // Hurt again before it was back: it is still the same absence.
    const { departure: first } = this.#absent.get(id) ?? { departure }
    this.#absent.set(id, { departure: first, isReturning: false, arrival: undefined })
    this.#progress.delete(id)
  }

  /** Its process runs again. Answers from before are of the time before. */
  onReturning(id: string): void {
    const absent = this.#absent.get(id)
    if (absent) this.#absent.set(id, { ...absent, isReturning: true })
  }

  /** What a node had when it went; undefined when it is here. */
  departure(id: string): Departure | undefined {
    return this.#absent.get(id)?.departure
  }

  /** The latest returns, oldest first. */
  get returns(): readonly Return[] {
    return this.#returns
  }

  /** How far a node is with blocks that no log gives it; undefined when it misses none. */
  progress(id: string): Progress | undefined {
    return this.#progress.get(id)
  }

  /** Answers the return that this status completes. */
  onStatus(id: string, status: StatusDocument, reach: ClusterReach, at: number): Return | undefined {
    const { backfill, height } = status
    if (backfill.active) this.#progress.set(id, progressOf(backfill))
    else this.#progress.delete(id)
    const absent = this.#absent.get(id)
    if (absent === undefined || !absent.isReturning) return undefined
    const { departure } = absent
    const arrival = absent.arrival ?? arrive(departure, reach, at)
    const fetchTo = Math.max(arrival.fetchTo, backfill.active ? backfill.to : 0)
    if (height < arrival.goal || status.leader_id === '') {
      this.#absent.set(id, { ...absent, arrival: { ...arrival, fetchTo } })
      return undefined
    }
    this.#absent.delete(id)
    const tookSnapshot = arrival.isBeyondLog && status.snapshot_index > departure.lastLogIndex
    const snapshot = {
      index: status.snapshot_index,
      from: departure.height + 1,
      to: fetchTo === 0 ? arrival.goal : fetchTo,
      fillMs: at - arrival.at,
    }
    return this.#add({ id, tookMs: at - departure.at, height, snapshot: tookSnapshot ? snapshot : undefined })
  }

  #add(back: Return): Return {
    this.#returns.push(back)
    this.#returns.splice(0, this.#returns.length - kept)
    return back
  }
}

function arrive({ lastLogIndex }: Departure, { tip, oldestLogIndex }: ClusterReach, at: number): Arrival {
  return { at, goal: tip, isBeyondLog: lastLogIndex + 1 < oldestLogIndex, fetchTo: 0 }
}

/** The line of a return. */
export function describeReturn({ id, tookMs, height, snapshot }: Return): string {
  if (snapshot === undefined) return `${id} is back after ${formatMs(tookMs)}, at block ${height}`
  const { index, from, to, fillMs } = snapshot
  const filled = `blocks ${from} to ${to} filled in ${formatMs(fillMs)}`
  return `${id} is back after ${formatMs(tookMs)}: snapshot at index ${index}, ${filled}`
}
