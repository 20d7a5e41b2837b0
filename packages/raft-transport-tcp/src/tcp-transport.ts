import {
  assert,
  type Done,
  type Envelope,
  isSameMember,
  type Logger,
  type Member,
  type ServerId,
  silentLogger,
  type Transport,
  type TransportHandler,
  type TransportPeer,
  type TransportSelf,
} from 'raft-core'
import { type HostPort, parseAddress } from './address.ts'
import { decodeEnvelope, encodeEnvelope } from './codec/envelope-codec.ts'
import type { Hello } from './codec/hello-codec.ts'
import { TransportError } from './errors.ts'
import { laneOf } from './lane-of.ts'
import type { Connection, ConnectionContext } from './link/connection.ts'
import { LiveSockets } from './link/live-sockets.ts'
import { tcpStreams } from './link/streams.ts'
import { Listener } from './listener.ts'
import type { TransportMetrics } from './metrics.ts'
import { completeLimits, type TcpTransportOptions } from './options.ts'
import { Acceptor } from './peers/acceptor.ts'
import { Dialer } from './peers/dialer.ts'

/** A `Transport` over TCP that also tells where it listens. */
export interface TcpTransport extends Transport {
  /** Where it listens, with the port that the system picked; undefined before `start` was called back and after `close`. */
  address(): HostPort | undefined
  /** The port of `address()`, 0 when there is none. */
  readonly port: number
}

/** How long `close` waits for goodbyes to leave. */
const farewellMs = 200

/**
 * Makes a transport; it listens and dials after `start`. Throws `ADDRESS_INVALID` when `bindAddress` is none and
 * `INVALID_OPTIONS` when a limit is not above 0.
 */
export function tcpTransport(options: TcpTransportOptions): TcpTransport {
  return new TcpNode(options)
}

class TcpNode implements TcpTransport {
  readonly #options: TcpTransportOptions
  readonly #logger: Logger
  readonly #metrics: Partial<TransportMetrics>
  readonly #context: ConnectionContext
  readonly #listener: Listener
  readonly #acceptor: Acceptor
  readonly #dialers = new Map<ServerId, Dialer>()
  readonly #closing: Done[] = []
  #self: TransportSelf | undefined
  #handler: TransportHandler | undefined
  #phase: 'new' | 'open' | 'closing' | 'closed' = 'new'

  constructor(options: TcpTransportOptions) {
    const { clock, logger = silentLogger, metrics = {}, limits, bindAddress, signal } = options
    this.#options = options
    this.#logger = logger
    this.#metrics = metrics
    this.#context = { clock, limits: completeLimits(limits), sockets: new LiveSockets(clock) }
    this.#acceptor = this.#newAcceptor()
    this.#listener = new Listener(parseAddress(bindAddress), tcpStreams, logger, (socket) =>
      this.#acceptor.accept(socket),
    )
    if (signal?.aborted) this.close(() => {})
    else signal?.addEventListener('abort', () => this.close(() => {}), { once: true })
  }

  get port(): number {
    return this.address()?.port ?? 0
  }

  address(): HostPort | undefined {
    return this.#listener.address
  }

  start(self: TransportSelf, handler: TransportHandler, done: Done): void {
    if (this.#phase !== 'new') {
      const error = new TransportError('CLOSED', 'a transport is started once, and not after it was closed')
      return void setImmediate(() => done(error))
    }
    this.#phase = 'open'
    this.#self = self
    this.#handler = handler
    this.#listener.open(done)
  }

  identify(self: TransportSelf): void {
    if (this.#phase !== 'open') return
    this.#self = self
    for (const dialer of this.#dialers.values()) dialer.identify()
    this.#acceptor.identify()
  }

  setPeers(peers: readonly TransportPeer[]): void {
    if (this.#phase !== 'open') return
    const wanted = new Map(peers.map((peer) => [peer.id, peer]))
    for (const [id, dialer] of this.#dialers) {
      if (wanted.get(id)?.address === dialer.peer.address) continue
      this.#dialers.delete(id)
      dialer.stop()
    }
    for (const [id, peer] of wanted) {
      if (this.#dialers.has(id)) continue
      const dialer = this.#newDialer(peer)
      this.#dialers.set(id, dialer)
      dialer.dial()
    }
  }

  send(to: ServerId, envelope: Envelope): void {
    const connection = this.#dialers.get(to)?.answered?.connection ?? this.#acceptor.inbound(to)?.connection
    if (connection === undefined) return this.#metrics.dropped?.(to, 'notConnected')
    const body = encodeEnvelope(envelope)
    const { messageBytes } = this.#context.limits
    if (body.length > messageBytes) {
      const fields = { peer: to, kind: envelope.message.kind, bytes: body.length, messageBytes }
      this.#logger.error(fields, 'a message is above the limit of the transport and is not sent')
      return this.#metrics.dropped?.(to, 'tooLarge')
    }
    if (connection.send('envelope', body, laneOf(envelope.message, body.length))) this.#metrics.sent?.(to, body.length)
    else this.#metrics.dropped?.(to, 'queueFull')
  }

  close(done: Done): void {
    if (this.#phase === 'closed') return void setImmediate(done)
    this.#closing.push(done)
    if (this.#phase === 'closing') return
    this.#phase = 'closing'
    this.#listener.stop()
    for (const dialer of this.#dialers.values()) dialer.stop()
    this.#dialers.clear()
    this.#acceptor.stop()
    this.#context.sockets.empty(farewellMs, () => {
      this.#phase = 'closed'
      for (const answer of this.#closing.splice(0)) answer()
    })
  }

  #onEnvelope(connection: Connection, peer: Member, body: Uint8Array): void {
    const envelope = this.#readEnvelope(connection, peer, body)
    if (envelope === undefined || this.#phase !== 'open') return
    this.#metrics.received?.(peer.id, body.length)
    // What the node throws is not the peer's fault: it must not pass for a bad message.
    this.#handler?.message(envelope)
  }

  /** The envelope, if it is one and its sender's own. */
  #readEnvelope(connection: Connection, peer: Member, body: Uint8Array): Envelope | undefined {
    try {
      const envelope = decodeEnvelope(body)
      if (isSameMember(envelope.from, peer)) return envelope
      throw new TransportError('MESSAGE_INVALID', `${peer.id} speaks for ${envelope.from.id}, or for another directory`)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      connection.fail(error)
      return undefined
    }
  }

  #newDialer(peer: TransportPeer): Dialer {
    return new Dialer(peer, {
      context: this.#context,
      random: this.#options.random,
      streams: tcpStreams,
      logger: this.#logger,
      metrics: this.#metrics,
      self: () => this.#mySelf(),
      inbound: (id) => this.#acceptor.inbound(id),
      up: (member) => {
        this.#metrics.peerUp?.(member.id)
        this.#handler?.peerUp(member)
      },
      down: (id, reason) => {
        this.#metrics.peerDown?.(id, reason)
        this.#handler?.peerDown(id, reason)
      },
      envelope: (connection, from, body) => this.#onEnvelope(connection, from, body),
    })
  }

  #newAcceptor(): Acceptor {
    return new Acceptor({
      context: this.#context,
      logger: this.#logger,
      metrics: this.#metrics,
      self: () => this.#mySelf(),
      isNamed: (id) => this.#dialers.has(id),
      outbound: (id) => this.#dialers.get(id)?.answered,
      greeted: (hello: Hello) => this.#dialers.get(hello.member.id)?.nudge(hello),
      lost: (id) => this.#dialers.get(id)?.doubt(),
      envelope: (connection, from, body) => this.#onEnvelope(connection, from, body),
    })
  }

  #mySelf(): TransportSelf {
    assert(this.#self !== undefined, 'connections come after start')
    return this.#self
  }
}
