import type { Socket } from 'node:net'
import type { Logger, Member, PeerDownReason, TransportPeer, TransportSelf } from 'raft-core'
import { parseAddress } from '../address.ts'
import { decodeHello, encodeHello, type Hello, helloOf } from '../codec/hello-codec.ts'
import { decodeRejection } from '../codec/rejection-codec.ts'
import { TransportError } from '../errors.ts'
import { Backoff } from '../link/backoff.ts'
import { ByteBudget } from '../link/byte-budget.ts'
import { Connection, type ConnectionContext } from '../link/connection.ts'
import type { Streams } from '../link/streams.ts'
import type { TransportMetrics } from '../metrics.ts'
import type { Frame } from '../wire/frame.ts'
import { type Refusal, whyRefused } from './admission.ts'
import { type Down, endedAs, rejectedAs } from './why-down.ts'

/** An attempt that is not through after this is begun anew when the peer shows that it is there. */
const freshAttemptMs = 100

/** How dialers reach their transport. Nothing here is called from inside a call to the dialer. */
export interface DialerHost {
  readonly context: ConnectionContext
  readonly random: () => number
  readonly streams: Streams
  readonly logger: Logger
  readonly metrics: Partial<TransportMetrics>
  self(): TransportSelf
  /** The connection that this peer made, and its hello. */
  inbound(id: string): { readonly hello: Hello; readonly connection: Connection } | undefined
  up(peer: Member): void
  down(id: string, reason: PeerDownReason): void
  /** A message from the peer. */
  envelope(connection: Connection, peer: Member, body: Uint8Array): void
}

/** One attempt, and what came of it. */
interface Attempt {
  readonly socket: Socket
  readonly connection: Connection
  readonly startedAt: number
  readonly cancelHello: () => void
  hello: Hello | undefined
  upAt: number
  /** Why it ends, if that is known before it does. */
  farewell: Down | undefined
}

/**
 * Keeps one connection to one peer. A lost one is dialed again at once, one that is lost soon after each time and one that does
 * not come about later and later.
 */
export class Dialer {
  readonly peer: TransportPeer
  readonly #host: DialerHost
  readonly #failures: Backoff
  /** For connections that end soon after they came about. */
  readonly #flaps: Backoff
  #attempt: Attempt | undefined
  #cancelRedial: (() => void) | undefined
  #isStopped = false
  #lastReason: PeerDownReason | 'up' | undefined

  constructor(peer: TransportPeer, host: DialerHost) {
    this.peer = peer
    this.#host = host
    const { redialMinMs: minMs, redialMaxMs: maxMs } = host.context.limits
    this.#failures = new Backoff({ firstMs: minMs, minMs, maxMs, random: host.random })
    this.#flaps = new Backoff({ firstMs: 0, minMs, maxMs, random: host.random })
  }

  /** The connection and what the peer answered, once it did. */
  get answered(): { readonly hello: Hello; readonly connection: Connection } | undefined {
    const { hello, connection } = this.#attempt ?? {}
    return hello && connection && { hello, connection }
  }

  /** Dials now, unless there is an attempt. */
  dial(): void {
    this.#cancelRedial?.()
    if (this.#isStopped || this.#attempt) return
    try {
      this.#attempt = this.#begin()
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      setImmediate(() => this.#ended({ reason: 'unreachable', detail: error.message }))
    }
  }

  /** Says hello again, after what it says changed. */
  identify(): void {
    this.#attempt?.connection.send('hello', encodeHello(helloOf(this.#host.self(), this.peer.id)))
  }

  /** The peer dialed this node: it is there, so no wait and no attempt in the dark goes on. */
  nudge(hello: Hello): void {
    const attempt = this.#attempt
    if (attempt === undefined) return this.dial()
    if (attempt.hello !== undefined) {
      // It started anew, and the old start's connection may be half open.
      if (attempt.hello.bootNonce !== hello.bootNonce) attempt.connection.destroy()
    } else if (attempt.socket.connecting && this.#ageMs(attempt.startedAt) > freshAttemptMs) {
      this.#abandon(attempt)
      this.dial()
    }
  }

  /** The connection that the peer made is gone: maybe this one is, too. */
  doubt(): void {
    this.answered?.connection.doubt()
  }

  /** Says goodbye and dials no more. */
  stop(): void {
    this.#isStopped = true
    this.#cancelRedial?.()
    if (this.#attempt === undefined) return
    this.#attempt.cancelHello()
    this.#attempt.connection.send('goodbye', new Uint8Array(0))
    this.#attempt.connection.end()
    this.#attempt = undefined
  }

  #begin(): Attempt {
    const { context, streams, metrics } = this.#host
    const { clock, limits } = context
    const socket = streams.dial(parseAddress(this.peer.address))
    const connection = new Connection(socket, context, {
      frame: (frame) => this.#onFrame(attempt, frame),
      closed: (error) => this.#onClosed(attempt, error),
      queued: (bytes) => metrics.queued?.(this.peer.id, bytes),
      roundTrip: (milliseconds) => metrics.roundTrip?.(this.peer.id, milliseconds),
    })
    const cancelHello = clock.wakeAt(clock.now() + limits.helloTimeoutMs, () => {
      attempt.farewell = { reason: 'unreachable', detail: `no answer within ${limits.helloTimeoutMs} ms` }
      connection.destroy()
    })
    const startedAt = clock.now()
    const attempt: Attempt = {
      socket,
      connection,
      startedAt,
      cancelHello,
      hello: undefined,
      upAt: 0,
      farewell: undefined,
    }
    connection.send('hello', encodeHello(helloOf(this.#host.self(), this.peer.id)))
    return attempt
  }

  #onFrame(attempt: Attempt, frame: Frame): void {
    try {
      if (frame.type === 'hello') return this.#onHello(attempt, decodeHello(frame.body))
      if (frame.type === 'rejection') {
        attempt.farewell = rejectedAs(decodeRejection(frame.body), attempt.hello !== undefined)
        return attempt.connection.destroy()
      }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      return attempt.connection.fail(error)
    }
    if (frame.type === 'goodbye') attempt.farewell = { reason: 'goodbye', detail: 'it closed on purpose' }
    else if (attempt.hello) this.#host.envelope(attempt.connection, attempt.hello.member, frame.body)
    else attempt.connection.fail(new TransportError('HELLO_MISSING', 'a message came before the hello'))
  }

  #onHello(attempt: Attempt, hello: Hello): void {
    const refusal = this.#whyRefused(hello)
    if (refusal) {
      attempt.connection.reject(refusal)
      return this.#onClosed(attempt, undefined, { reason: 'rejected', detail: `${refusal.code}: ${refusal.reason}` })
    }
    const isFirst = attempt.hello === undefined
    attempt.hello = hello
    if (!isFirst) return
    attempt.cancelHello()
    attempt.upAt = this.#host.context.clock.now()
    attempt.connection.open(new ByteBudget(Number.POSITIVE_INFINITY))
    this.#failures.reset()
    this.#note('up', 'connected')
    this.#host.up(hello.member)
  }

  #whyRefused(hello: Hello): Refusal | undefined {
    const { id, address } = this.peer
    if (hello.member.id !== id) {
      return { code: 'WRONG_NODE', reason: `${hello.member.id} answers at ${address}; correct the address of ${id}` }
    }
    const inbound = this.#host.inbound(id)
    const refusal = whyRefused(this.#host.self(), hello, inbound ? [inbound.hello] : [])
    // The other holder may be half open: a wiped directory came back before the old connection was known to be dead.
    if (refusal?.code === 'DOUBLED') inbound?.connection.doubt()
    return refusal
  }

  #onClosed(attempt: Attempt, error: Error | undefined, known: Down | undefined = attempt.farewell): void {
    if (this.#attempt !== attempt) return
    attempt.cancelHello()
    this.#attempt = undefined
    const wasUp = attempt.hello !== undefined
    if (wasUp && this.#ageMs(attempt.upAt) >= this.#host.context.limits.redialMaxMs) this.#flaps.reset()
    this.#ended(known ?? endedAs(error, wasUp))
  }

  #ended({ reason, detail }: Down): void {
    if (this.#isStopped) return
    this.#note(reason, detail)
    this.#host.down(this.peer.id, reason)
    if (this.#isStopped || this.#attempt) return
    const waitMs = this.#waitMs(reason)
    if (waitMs === 0) return this.dial()
    const { clock } = this.#host.context
    this.#cancelRedial = clock.wakeAt(clock.now() + waitMs, () => this.dial())
  }

  #waitMs(reason: PeerDownReason): number {
    if (reason === 'closed') return this.#flaps.next()
    const waitMs = this.#failures.next()
    return reason === 'rejected' ? Math.max(waitMs, this.#host.context.limits.rejectedRedialMs) : waitMs
  }

  /** Forgets an attempt without a word. */
  #abandon(attempt: Attempt): void {
    attempt.cancelHello()
    this.#attempt = undefined
    attempt.connection.destroy()
  }

  #ageMs(since: number): number {
    return this.#host.context.clock.now() - since
  }

  /** Logs a change; the same again and again is for debugging. */
  #note(reason: PeerDownReason | 'up', detail: string): void {
    const { logger } = this.#host
    const fields = { peer: this.peer.id, address: this.peer.address, reason, detail }
    const isNews = reason !== this.#lastReason
    this.#lastReason = reason
    if (!isNews) logger.debug(fields, 'a peer is still not connected')
    else if (reason === 'up') logger.info(fields, 'a peer is connected')
    else if (reason === 'rejected') logger.warn(fields, 'a peer refuses this node, or is refused')
    else logger.info(fields, 'a peer is not connected')
  }
}
