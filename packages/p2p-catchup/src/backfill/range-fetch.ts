import { setMaxListeners } from 'node:events'
import type { Height } from 'block-fsm'
import { CatchupError, toError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Conviction, HistoryAnswer, HistoryPeers, PeerName } from '../ports/history-peers.ts'
import type { Logger } from '../ports/logger.ts'
import { deadline, untilAborted } from '../signals.ts'
import type { BackfillLimits } from './backfill-limits.ts'
import type { Flight, Job } from './flight.ts'
import { type Page, ParkedPages } from './parked-pages.ts'
import type { PeerBook } from './peer-book.ts'
import type { Fault, RangeTask } from './range-task.ts'
import type { SizeGuess } from './size-guess.ts'
import { Wakeable } from './wakeable.ts'
import { newPiece, type Piece, WorkQueue } from './work-queue.ts'

export interface RangeFetchOptions {
  readonly peers: HistoryPeers
  readonly book: PeerBook
  readonly sizes: SizeGuess
  readonly clock: Clock
  readonly limits: BackfillLimits
  readonly logger: Logger
  /** This many more heights are durable. */
  readonly onStored: (count: number) => void
  /** Why nothing goes on; undefined when it does again. */
  readonly onStall: (reason: string | undefined) => void
  readonly onConviction: (conviction: Conviction) => void
}

/** Longest part of a wrong item that goes with a conviction. */
const evidenceBytes = 64 * 1024

/**
 * Fetches one range from many peers at once. Pages are verified strictly from the frontier on, so that what is wrong is wrong
 * against a trusted neighbour and convicts the one peer that gave it; pages that come early wait, and all of that stays within
 * the window.
 */
export class RangeFetch {
  readonly #task: RangeTask
  readonly #options: RangeFetchOptions
  readonly #queue: WorkQueue
  readonly #parked = new ParkedPages()
  readonly #jobs = new Set<Job>()
  readonly #stop = new AbortController()
  readonly #wakeable: Wakeable
  /** The next height to be verified. */
  #frontier: Height
  /** Bytes on their way or parked. */
  #windowBytes = 0
  /** Bytes on their way to the disk. */
  #storingBytes = 0
  readonly #stores = new Set<Promise<void>>()
  #failure: Error | undefined

  constructor(task: RangeTask, options: RangeFetchOptions) {
    this.#task = task
    this.#options = options
    this.#queue = new WorkQueue(task.direction, task.from, task.to)
    this.#frontier = task.direction === 'down' ? task.to : task.from
    this.#wakeable = new Wakeable(options.clock)
    // One listener for each request on its way.
    setMaxListeners(0, this.#stop.signal)
  }

  /**
   * Resolves when the whole range is durable. Rejects with the signal's reason, or with this node's own trouble; what was
   * verified by then is durable.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stopListening = this.#options.peers.onChange(() => this.#look())
    try {
      this.#look()
      while (!this.#isVerified || this.#stores.size > 0) {
        signal.throwIfAborted()
        if (this.#failure) throw this.#failure
        const page = this.#isStoring ? undefined : this.#parked.takeAt(this.#frontier)
        if (page) {
          await this.#promote(page)
          continue
        }
        // Before it is looked at what may be done: what becomes due meanwhile must not be missed.
        const now = this.#options.clock.now()
        this.#dispatch()
        this.#options.onStall(this.#stallReason())
        await this.#wakeable.sleep(this.#nextMoment(now), signal)
      }
    } finally {
      stopListening()
      this.#stop.abort(new CatchupError('STOPPED', 'nobody waits for the answer any more'))
      for (const job of this.#jobs) for (const flight of job.flights) this.#land(flight)
      // Nothing touches the store after the end.
      await Promise.allSettled(this.#stores)
    }
  }

  get #isVerified(): boolean {
    return this.#frontier < this.#task.from || this.#frontier > this.#task.to
  }

  /** The disk is behind: what was verified must not pile up in memory. */
  get #isStoring(): boolean {
    return this.#storingBytes * 2 > this.#options.limits.windowBytes
  }

  #look(): void {
    const { book, peers } = this.#options
    book.update(peers.list())
    this.#wakeable.wake()
  }

  async #promote(page: Page): Promise<void> {
    const { onStored } = this.#options
    const isDown = this.#task.direction === 'down'
    const { accepted, stored, fault } = await this.#task.accept(page)
    this.#frontier += isDown ? -accepted : accepted
    this.#windowBytes -= page.bytes
    this.#storingBytes += page.bytes
    const storing = stored.then(
      () => {
        this.#storingBytes -= page.bytes
        this.#stores.delete(storing)
        onStored(accepted)
        this.#wakeable.wake()
      },
      (cause: unknown) => this.#fail(cause),
    )
    this.#stores.add(storing)
    if (!fault) return
    const rest = isDown ? { from: page.from, to: page.to - accepted } : { from: page.from + accepted, to: page.to }
    this.#queue.giveBack(newPiece(rest.from, rest.to))
    this.#convict(page.peer, fault)
  }

  #dispatch(): void {
    const { book } = this.#options
    for (let hasAsked = true; hasAsked; ) {
      hasAsked = false
      for (const peer of book.available()) {
        const piece = this.#queue.take((candidate) => this.#amountFor(peer, candidate))
        if (!piece) continue
        hasAsked = true
        this.#ask(peer, { piece, flights: new Set(), isSettled: false })
      }
    }
    this.#hedge()
  }

  /** Items to ask the peer for; 0 when it should not be asked, or the window is full. */
  #amountFor(peer: PeerName, piece: Piece): number {
    const { book, sizes, limits, clock } = this.#options
    if ((piece.lacking.get(peer) ?? 0) > clock.now()) return 0
    const hasRoom = this.#windowBytes + this.#reserveFor(piece) <= limits.windowBytes
    if (!hasRoom && !this.#isNext(piece)) return 0
    if (piece.neededBytes > limits.answerBytes) return 1
    return Math.min(book.pageItems(peer), sizes.itemsWithin(this.#task.kind, limits.answerBytes))
  }

  #reserveFor(piece: Piece): number {
    return Math.max(this.#options.limits.answerBytes, piece.neededBytes)
  }

  /** Everything waits for this piece: it is asked for however full the window is. */
  #isNext({ from, to }: Piece): boolean {
    return from <= this.#frontier && this.#frontier <= to
  }

  /** Asks a second peer for the next piece when the first takes long. */
  #hedge(): void {
    const job = this.#nextJob()
    if (!job || job.flights.size !== 1 || this.#options.clock.now() < this.#hedgeAt(job)) return
    const [first] = job.flights
    const second = this.#options.book
      .available()
      .find((peer) => peer !== first?.peer && (job.piece.lacking.get(peer) ?? 0) <= this.#options.clock.now())
    if (second !== undefined) this.#ask(second, job)
  }

  #nextJob(): Job | undefined {
    for (const job of this.#jobs) if (!job.isSettled && this.#isNext(job.piece)) return job
    return undefined
  }

  #hedgeAt(job: Job): number {
    const { book, limits } = this.#options
    const [first] = job.flights
    return (first?.startedAt ?? 0) + Math.max(limits.hedgeMs, book.usualMs * 3)
  }

  #ask(peer: PeerName, job: Job): void {
    const { book, clock, limits } = this.#options
    const { piece } = job
    const late = (): Error => new CatchupError('PEER_SILENT', `no answer within ${limits.requestTimeoutMs} ms`)
    const startedAt = clock.now()
    const flight: Flight = {
      job,
      peer,
      startedAt,
      amount: Math.min(piece.to - piece.from + 1, book.pageItems(peer)),
      reservedBytes: this.#reserveFor(piece),
      deadline: deadline(clock, startedAt + limits.requestTimeoutMs, late, this.#stop.signal),
    }
    job.flights.add(flight)
    this.#jobs.add(job)
    this.#windowBytes += flight.reservedBytes
    book.began(peer)
    // Its end is one of two calls, which fail into #failure.
    void this.#fly(flight)
  }

  async #fly(flight: Flight): Promise<void> {
    const { peers } = this.#options
    const { signal } = flight.deadline
    const { from } = flight.job.piece
    const isNext = this.#isNext(flight.job.piece)
    const limitBytes = isNext ? this.#options.limits.itemBytes : flight.reservedBytes
    const request = { from, amount: flight.amount, limitBytes }
    try {
      const asked =
        this.#task.kind === 'header'
          ? peers.requestHeaders(flight.peer, request, signal)
          : peers.requestData(flight.peer, request, signal)
      const answer = await untilAborted(asked, signal)
      this.#settle(flight, () => this.#arrived(flight, answer))
    } catch (thrown) {
      this.#settle(flight, () => this.#missed(flight, toError(thrown)))
    }
  }

  #settle(flight: Flight, act: () => void): void {
    if (!flight.job.flights.has(flight)) return
    this.#land(flight)
    try {
      if (!flight.job.isSettled) act()
      this.#dispatch()
    } catch (cause) {
      this.#fail(cause)
    }
    this.#wakeable.wake()
  }

  /** The request is over, whatever came of it. */
  #land(flight: Flight): void {
    const { job } = flight
    flight.deadline.dispose()
    job.flights.delete(flight)
    if (job.flights.size === 0) this.#jobs.delete(job)
    this.#windowBytes -= flight.reservedBytes
    this.#options.book.ended(flight.peer)
  }

  #arrived(flight: Flight, answer: HistoryAnswer): void {
    const { book, sizes, clock } = this.#options
    const { job, peer } = flight
    const { piece } = job
    const items = answer.items.slice(0, flight.amount)
    if (answer.nextItemBytes !== undefined) sizes.saw(this.#task.kind, answer.nextItemBytes, 1)
    if (items.length === 0) return this.#cameEmpty(flight, answer)
    sizes.saw(this.#task.kind, answer.bytes, items.length)
    if (answer.isBroken === true) book.failed(peer, flight.startedAt)
    else book.answered(peer, clock.now() - flight.startedAt)
    job.isSettled = true
    for (const other of job.flights) {
      this.#land(other)
      other.deadline.abort(new CatchupError('STOPPED', 'another peer was faster'))
    }
    this.#windowBytes += answer.bytes
    const to = piece.from + items.length - 1
    this.#parked.add({ peer, from: piece.from, to, items, bytes: answer.bytes })
    if (to < piece.to) this.#queue.giveBack(newPiece(to + 1, piece.to))
  }

  #cameEmpty({ job, peer }: Flight, { nextItemBytes }: HistoryAnswer): void {
    const { piece } = job
    if (nextItemBytes !== undefined) return this.#giveBack(job, { ...piece, neededBytes: nextItemBytes })
    const lacking = new Map(piece.lacking).set(peer, this.#options.book.lacked(peer))
    this.#giveBack(job, { ...piece, lacking })
  }

  #missed(flight: Flight, error: Error): void {
    const { book, logger } = this.#options
    const { job, peer } = flight
    this.#giveBack(job, job.piece)
    if (CatchupError.is(error, 'PEER_MALFORMED')) {
      const bytes = new Uint8Array(0)
      return this.#convict(peer, { kind: 'malformed', height: job.piece.from, reason: error.message, item: bytes })
    }
    logger.debug({ peer, from: job.piece.from, amount: flight.amount, err: error }, 'a request for history failed')
    book.failed(peer, flight.startedAt)
  }

  /** Unless another peer is still being asked for it. */
  #giveBack(job: Job, piece: Piece): void {
    if (job.flights.size > 0) return
    job.isSettled = true
    const { from, to, lacking } = piece
    const isLackedByAll = lacking.size > 0 && this.#options.book.usable().every((peer) => lacking.has(peer))
    if (this.#task.direction === 'up' || from === to || !isLackedByAll || !this.#isNext(piece)) {
      return this.#queue.giveBack(piece)
    }
    // Nobody has its lowest height; somebody may have the upper ones, which are wanted first.
    const middle = Math.floor((from + to) / 2)
    this.#queue.giveBack(newPiece(from, middle))
    this.#queue.giveBack(newPiece(middle + 1, to))
  }

  /** Nothing of what the peer gave, or is about to give, is used. */
  #convict(peer: PeerName, { kind, height, reason, item }: Fault): void {
    const { book, onConviction } = this.#options
    book.convict(peer)
    for (const { from, to, bytes } of this.#parked.takeFrom(peer)) {
      this.#windowBytes -= bytes
      this.#queue.giveBack(newPiece(from, to))
    }
    for (const job of this.#jobs) {
      for (const flight of [...job.flights].filter((candidate) => candidate.peer === peer)) {
        this.#land(flight)
        flight.deadline.abort(new CatchupError('STOPPED', 'the peer was convicted'))
        if (!job.isSettled) this.#giveBack(job, job.piece)
      }
    }
    onConviction({ peer, kind, height, reason, bytes: Uint8Array.from(item.subarray(0, evidenceBytes)) })
    this.#wakeable.wake()
  }

  #fail(cause: unknown): void {
    this.#failure ??= toError(cause)
    this.#wakeable.wake()
  }

  /** When something is due after `now` though nothing happens: a pause ends, a peer may be asked again, a hedge. */
  #nextMoment(now: number): number | undefined {
    const { book } = this.#options
    const moments = [...(this.#queue.first?.lacking.values() ?? [])].filter((until) => until > now)
    const nextReturn = book.nextReturn(now)
    if (nextReturn !== undefined) moments.push(nextReturn)
    const job = this.#nextJob()
    const hedgeAt = job && this.#hedgeAt(job)
    if (hedgeAt !== undefined && hedgeAt > now) moments.push(hedgeAt)
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  #stallReason(): string | undefined {
    const wanted = this.#queue.first
    if (this.#jobs.size > 0 || this.#stores.size > 0 || wanted === undefined) return undefined
    const peers = this.#options.book.usable()
    if (peers.length === 0) return 'no peer that serves history is connected'
    const height = this.#task.direction === 'down' ? wanted.to : wanted.from
    const asked = peers.length === 1 ? `the peer ${peers[0]}` : `${peers.length} peers`
    if (peers.every((peer) => wanted.lacking.has(peer))) return `block ${height} is not there: asked ${asked}`
    return `block ${height} does not come: ${asked} did not answer, asked again soon`
  }
}
