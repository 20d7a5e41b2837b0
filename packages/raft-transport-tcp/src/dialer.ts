import { connect, type Socket } from 'node:net'
import type { Member, PeerDownReason, TransportPeer } from 'raft-core'
import { parseAddress } from './address.ts'
import { decodeHello, decodeRejection, encodeHello, type Hello } from './codec/hello-codec.ts'
import { Connection } from './connection.ts'
import type { Frame } from './frame.ts'
import type { TcpTransportLimits, TcpTransportOptions } from './options.ts'

/** How a dialer reaches its transport. */
export interface DialerHost {
  readonly options: Pick<TcpTransportOptions, 'clock' | 'random'>
  readonly limits: TcpTransportLimits
  hello(toId: string): Hello
  up(peer: Member): void
  down(id: string, reason: PeerDownReason, detail: string): void
  /** A frame that is neither hello, rejection nor goodbye. */
  frame(id: string, frame: Frame): void
}

/** Keeps one connection to one peer, and dials again when it is gone: at once after a loss, later and later after failures. */
export class Dialer {
  readonly peer: TransportPeer
  readonly #host: DialerHost
  #socket: Socket | undefined
  #connection: Connection | undefined
  #isReady = false
  #isStopped = false
  /** What the peer said before the connection ended. */
  #farewell: { readonly reason: PeerDownReason; readonly detail: string } | undefined
  #waitMs: number
  #cancelRedial: (() => void) | undefined
  #cancelHello: (() => void) | undefined

  constructor(peer: TransportPeer, host: DialerHost) {
    this.peer = peer
    this.#host = host
    this.#waitMs = host.limits.redialMinMs
  }

  /** The connection, once its hello was answered. */
  get connection(): Connection | undefined {
    return this.#isReady ? this.#connection : undefined
  }

  /** Dials now, unless a connection is there or on its way. */
  dial(): void {
    this.#cancelRedial?.()
    if (this.#isStopped || this.#socket !== undefined) return
    const { options, limits } = this.#host
    const { host, port } = parseAddress(this.peer.address)
    this.#farewell = undefined
    this.#isReady = false
    const socket = connect({ host, port })
    this.#socket = socket
    this.#connection = new Connection(socket, options.clock, limits, {
      frame: (frame) => this.#onFrame(frame),
      closed: (error) => this.#onClosed(error),
    })
    socket.once('connect', () => this.#connection?.send('hello', encodeHello(this.#host.hello(this.peer.id))))
    this.#cancelHello = options.clock.wakeAt(options.clock.now() + limits.helloTimeoutMs, () => {
      this.#farewell ??= { reason: 'unreachable', detail: 'no answer in time' }
      socket.destroy()
    })
  }

  /** Says goodbye and dials no more. */
  stop(): void {
    this.#isStopped = true
    this.#cancelRedial?.()
    this.#cancelHello?.()
    if (!this.#isReady) return this.#connection?.destroy()
    this.#connection?.send('goodbye', new Uint8Array(0))
    this.#connection?.end()
  }

  #onFrame(frame: Frame): void {
    if (frame.type === 'goodbye') this.#farewell = { reason: 'goodbye', detail: 'it said goodbye' }
    else if (frame.type === 'rejection') this.#onRejected(decodeRejection(frame.body).reason)
    else if (frame.type === 'hello') this.#onHello(decodeHello(frame.body))
    else if (this.#isReady) this.#host.frame(this.peer.id, frame)
  }

  #onHello(hello: Hello): void {
    this.#cancelHello?.()
    if (hello.member.id !== this.peer.id) return this.#onRejected(`${hello.member.id} answered there`)
    if (this.#isReady) return
    this.#isReady = true
    this.#waitMs = this.#host.limits.redialMinMs
    this.#host.up(hello.member)
  }

  #onRejected(detail: string): void {
    this.#farewell = { reason: 'rejected', detail }
    this.#waitMs = this.#host.limits.redialMaxMs
    this.#connection?.destroy()
  }

  #onClosed(error: Error | undefined): void {
    const wasReady = this.#isReady
    const { reason, detail } = this.#farewell ?? explain(error, wasReady)
    this.#cancelHello?.()
    this.#socket = undefined
    this.#connection = undefined
    this.#isReady = false
    if (this.#isStopped) return
    this.#host.down(this.peer.id, reason, detail)
    if (reason === 'closed') return this.dial()
    this.#redialLater()
  }

  #redialLater(): void {
    const { options, limits } = this.#host
    const { clock, random } = options
    this.#cancelRedial = clock.wakeAt(clock.now() + this.#waitMs * (0.5 + random()), () => this.dial())
    this.#waitMs = Math.min(this.#waitMs * 2, limits.redialMaxMs)
  }
}

/** Why a connection ended that nobody explained. Only a dead process refuses, or resets before it answers. */
function explain(error: Error | undefined, wasReady: boolean): { reason: PeerDownReason; detail: string } {
  const detail = error?.message ?? 'the connection was closed'
  if (wasReady) return { reason: 'closed', detail }
  const code = error && 'code' in error ? error.code : undefined
  const isRefused = error === undefined || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE'
  return { reason: isRefused ? 'refused' : 'unreachable', detail }
}
