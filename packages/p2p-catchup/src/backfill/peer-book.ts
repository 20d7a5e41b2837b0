import type { HistoryPeer, PeerName } from '../ports/history-peers.ts'
import type { Clock } from '../ports/clock.ts'
import type { BackfillLimits } from './backfill-limits.ts'

/** How a peer has done so far. */
interface Standing {
  isListed: boolean
  pageLimit: number
  inFlight: number
  /** Requests it may have at once: one more after each answer, one less after a slow one, half after a failure. */
  window: number
  /** Items to ask for at once: twice as many after an answer, half after a slow one or a failure. */
  pageItems: number
  failures: number
  failedAt: number
  lacks: number
  pausedUntil: number
  isConvicted: boolean
}

export interface PeerBookOptions {
  readonly clock: Clock
  /** In [0, 1); spreads retries. */
  readonly random: () => number
  readonly limits: BackfillLimits
}

/** An answer that takes longer was too large for the line to the peer, or too many were asked for at once. */
const slowAnswerMs = 2000

/** Standings kept of peers that are not listed now. */
const remembered = 256

/** Who may be asked now, and for how much. A failing peer pauses ever longer and is trusted with less; success repairs it. */
export class PeerBook {
  readonly #options: PeerBookOptions
  readonly #standings = new Map<PeerName, Standing>()
  /** Moving average of what a full answer takes. */
  #usualMs = 0

  constructor(options: PeerBookOptions) {
    this.#options = options
  }

  /** Takes over who can be asked. */
  update(listed: readonly HistoryPeer[]): void {
    const names = new Set(listed.map(({ peer }) => peer))
    for (const [peer, standing] of this.#standings) if (!names.has(peer)) standing.isListed = false
    for (const { peer, pageLimit } of listed) {
      const known = this.#standings.get(peer)
      if (known) {
        // Whoever comes back is asked at once; its failures still count for the next pause.
        if (!known.isListed) known.pausedUntil = 0
        known.isListed = true
        known.pageItems = known.pageLimit === pageLimit ? known.pageItems : pageLimit
        known.pageLimit = pageLimit
      } else this.#standings.set(peer, newcomer(pageLimit))
    }
    for (const [peer, standing] of this.#standings) {
      if (this.#standings.size <= remembered) return
      if (!standing.isListed && standing.inFlight === 0) this.#standings.delete(peer)
    }
  }

  /** Peers that may get a request now, the least busy first. */
  available(): readonly PeerName[] {
    const now = this.#options.clock.now()
    return [...this.#standings]
      .filter(
        ([, standing]) => isUsable(standing) && standing.pausedUntil <= now && standing.inFlight < standing.window,
      )
      .sort(([, a], [, b]) => a.inFlight / a.window - b.inFlight / b.window)
      .map(([peer]) => peer)
  }

  /** Peers that are listed and not convicted. */
  usable(): readonly PeerName[] {
    return [...this.#standings].filter(([, standing]) => isUsable(standing)).map(([peer]) => peer)
  }

  /** When a peer that is paused at `now` may be asked again; undefined when none is. */
  nextReturn(now: number): number | undefined {
    const returns = [...this.#standings.values()]
      .filter((standing) => isUsable(standing) && standing.pausedUntil > now)
      .map(({ pausedUntil }) => pausedUntil)
    return returns.length === 0 ? undefined : Math.min(...returns)
  }

  /** What a full answer takes, usually. */
  get usualMs(): number {
    return this.#usualMs
  }

  pageItems(peer: PeerName): number {
    return this.#standings.get(peer)?.pageItems ?? 1
  }

  began(peer: PeerName): void {
    this.#of(peer).inFlight++
  }

  ended(peer: PeerName): void {
    this.#of(peer).inFlight--
  }

  /** All or a fair part of what was asked came. */
  answered(peer: PeerName, tookMs: number): void {
    const standing = this.#of(peer)
    standing.failures = 0
    standing.lacks = 0
    const isSlow = tookMs > slowAnswerMs
    standing.window = isSlow
      ? Math.max(1, standing.window - 1)
      : Math.min(standing.window + 1, this.#options.limits.requestsPerPeer)
    standing.pageItems = isSlow
      ? Math.max(1, Math.floor(standing.pageItems / 2))
      : Math.min(standing.pageItems * 2, standing.pageLimit)
    this.#usualMs = this.#usualMs === 0 ? tookMs : this.#usualMs * 0.8 + tookMs * 0.2
  }

  /**
   * Nothing came, or only a part before the stream broke: the peer pauses. Requests that began before its last failure fail with
   * it, and count once.
   */
  failed(peer: PeerName, startedAt: number): void {
    const standing = this.#of(peer)
    if (startedAt <= standing.failedAt) return
    standing.failedAt = this.#options.clock.now()
    standing.window = Math.max(1, Math.floor(standing.window / 2))
    standing.pageItems = Math.max(1, Math.floor(standing.pageItems / 2))
    standing.pausedUntil = this.#pause(standing.failures++)
  }

  /** It does not have what was asked for; answers until when not to ask it for that again. */
  lacked(peer: PeerName): number {
    const standing = this.#of(peer)
    const until = this.#pause(standing.lacks++ + 2)
    // One that never has anything is asked rarely.
    if (standing.lacks > 3) standing.pausedUntil = until
    return until
  }

  convict(peer: PeerName): void {
    this.#of(peer).isConvicted = true
  }

  #pause(times: number): number {
    const { clock, random, limits } = this.#options
    const ms = Math.min(limits.pauseMaxMs, limits.pauseMinMs * 2 ** times)
    return clock.now() + ms * (0.5 + random() / 2)
  }

  #of(peer: PeerName): Standing {
    const known = this.#standings.get(peer)
    if (known) return known
    const unlisted = { ...newcomer(1), isListed: false }
    this.#standings.set(peer, unlisted)
    return unlisted
  }
}

function newcomer(pageLimit: number): Standing {
  return {
    isListed: true,
    pageLimit,
    inFlight: 0,
    window: 2,
    pageItems: pageLimit,
    failures: 0,
    failedAt: Number.NEGATIVE_INFINITY,
    lacks: 0,
    pausedUntil: 0,
    isConvicted: false,
  }
}

function isUsable({ isListed, isConvicted }: Standing): boolean {
  return isListed && !isConvicted
}
