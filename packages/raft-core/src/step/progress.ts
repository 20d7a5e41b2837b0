import { assert } from '../assert.ts'
import type { Incarnation, LogIndex, TimeMs } from '../types.ts'

/**
 * What a leader knows of one follower.
 *
 * Probe: one append at a time until the logs are known to agree. Replicate: appends follow each other without waiting.
 * Snapshot: the log it needs is gone and a snapshot is on the way.
 */
export interface Progress {
  readonly incarnation: Incarnation
  mode: 'probe' | 'replicate' | 'snapshot'
  /** Last index known to be durable there. Never falls. */
  match: LogIndex
  /** Next index to send. Always above `match`. */
  next: LogIndex
  /** Appends on the way, oldest first. */
  inflight: Inflight[]
  inflightBytes: number
  /** In probe mode, when the outstanding append was sent. */
  probeSentAt: TimeMs | undefined
  /** A read of log entries for this follower is on the way. */
  isReading: boolean
  /** Newest round it answered, and when that round began. */
  round: number
  contactAt: TimeMs
  /** Commit index it was last told. */
  commitSent: LogIndex
}

export interface Inflight {
  readonly end: LogIndex
  readonly bytes: number
  readonly sentAt: TimeMs
}

/** A follower about which nothing is known yet; `next` is a guess. */
export function newProgress(incarnation: Incarnation, next: LogIndex, now: TimeMs): Progress {
  return {
    incarnation,
    mode: 'probe',
    match: 0,
    next,
    inflight: [],
    inflightBytes: 0,
    probeSentAt: undefined,
    isReading: false,
    round: 0,
    contactAt: now,
    commitSent: 0,
  }
}

/** Raises `match` to a reported durable index and forgets the appends that it covers: a stalled disk must stop the flow. */
export function recordMatch(progress: Progress, durableIndex: LogIndex): void {
  progress.match = Math.max(progress.match, durableIndex)
  progress.next = Math.max(progress.next, progress.match + 1)
  let covered = 0
  while (covered < progress.inflight.length && progress.inflight[covered]!.end <= progress.match) {
    progress.inflightBytes -= progress.inflight[covered]!.bytes
    covered += 1
  }
  if (covered > 0) progress.inflight.splice(0, covered)
}

/** Starts over from `next`, at the lowest behind `match`. */
export function probeFrom(progress: Progress, next: LogIndex): void {
  progress.mode = 'probe'
  progress.next = Math.max(next, progress.match + 1)
  progress.inflight = []
  progress.inflightBytes = 0
  progress.probeSentAt = undefined
}

/** Notes an append that ends at `end` as sent. */
export function recordSent(progress: Progress, end: LogIndex, bytes: number, now: TimeMs): void {
  assert(end >= progress.next - 1, 'an append moves forward')
  if (progress.mode === 'probe') {
    progress.probeSentAt = now
    return
  }
  progress.next = end + 1
  progress.inflight.push({ end, bytes, sentAt: now })
  progress.inflightBytes += bytes
}
