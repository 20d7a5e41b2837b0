import { createServer, type Server, type Socket } from 'node:net'
import {
  type Done,
  type Envelope,
  type Logger,
  type Message,
  type ServerId,
  silentLogger,
  type Transport,
  type TransportHandler,
  type TransportPeer,
  type TransportSelf,
} from 'raft-core'
import { parseAddress } from './address.ts'
import { whyRefused } from './admission.ts'
import { decodeEnvelope, encodeEnvelope } from './codec/envelope-codec.ts'
import { decodeHello, encodeHello, encodeRejection, type Hello, helloOf } from './codec/hello-codec.ts'
import { Connection } from './connection.ts'
import { Dialer, type DialerHost } from './dialer.ts'
import { TransportError } from './errors.ts'
import type { Frame } from './frame.ts'
import { defaultLimits, type TcpTransportLimits, type TcpTransportOptions } from './options.ts'

/** A `Transport` over TCP that also tells where it listens. */
export interface TcpTransport extends Transport {
  /** The port that `bindAddress` gave, or the system picked. 0 before `start` was called back. */
  readonly port: number
}

/** How long `close` waits for goodbyes to leave. */
const farewellMs = 200

/** Makes a transport; it listens and dials after `start`. `ADDRESS_INVALID` when `bindAddress` is none. */
export function tcpTransport(options: TcpTransportOptions): TcpTransport {
  return new TcpNode(options)
}

interface Inbound {
  readonly connection: Connection
  hello: Hello | undefined
}

class TcpNode implements TcpTransport {
  readonly #options: TcpTransportOptions
  readonly #limits: TcpTransportLimits
  readonly #logger: Logger
  readonly #bind: { readonly host: string; readonly port: number }
  readonly #server: Server
  readonly #dialers = new Map<ServerId, Dialer>()
  /** Connections that others made; those that said hello also by id. */
  readonly #inbound = new Set<Inbound>()
  readonly #inboundById = new Map<ServerId, Inbound>()
  #self: TransportSelf | undefined
  #handler: TransportHandler | undefined
  #isClosed = false
  #port = 0

  constructor(options: TcpTransportOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#logger = options.logger ?? silentLogger
    this.#bind = parseAddress(options.bindAddress)
    this.#server = createServer((socket) => this.#accept(socket))
  }

  get port(): number {
    return this.#port
  }

  start(self: TransportSelf, handler: TransportHandler, done: Done): void {
    this.#self = self
    this.#handler = handler
    const fail = (cause: Error): void => {
      done(
        new TransportError('LISTEN_FAILED', `cannot listen on ${this.#options.bindAddress}: ${cause.message}`, {
          cause,
        }),
      )
    }
    this.#server.once('error', fail)
    const { host, port } = this.#bind
    this.#server.listen({ port, ...(host !== '' && { host }) }, () => {
      this.#server.off('error', fail)
      this.#server.on('error', (error) => this.#logger.error({ error }, 'the Raft listener failed'))
      const address = this.#server.address()
      if (typeof address === 'object' && address !== null) this.#port = address.port
      done()
    })
  }

  identify(self: TransportSelf): void {
    this.#self = self
    for (const { peer, connection } of this.#dialers.values()) {
      connection?.send('hello', encodeHello(helloOf(self, peer.id)))
    }
    for (const { connection, hello } of this.#inbound) {
      if (hello) connection.send('hello', encodeHello(helloOf(self, '')))
    }
  }

  setPeers(peers: readonly TransportPeer[]): void {
    if (this.#isClosed) return
    const wanted = new Map(peers.map((peer) => [peer.id, peer]))
    for (const [id, dialer] of this.#dialers) {
      if (wanted.get(id)?.address === dialer.peer.address) continue
      this.#dialers.delete(id)
      dialer.stop()
    }
    for (const [id, peer] of wanted) {
      if (this.#dialers.has(id)) continue
      const dialer = new Dialer(peer, this.#dialerHost())
      this.#dialers.set(id, dialer)
      dialer.dial()
    }
  }

  send(to: ServerId, envelope: Envelope): void {
    const connection = this.#dialers.get(to)?.connection ?? this.#inboundById.get(to)?.connection
    const body = connection && encodeEnvelope(envelope)
    if (connection?.send('envelope', body!, isUrgent(envelope.message))) this.#options.metrics?.sent(to, body!.length)
    else this.#options.metrics?.dropped(to)
  }

  close(done: Done): void {
    if (this.#isClosed) return void setImmediate(done)
    this.#isClosed = true
    const { clock } = this.#options
    for (const dialer of this.#dialers.values()) dialer.stop()
    for (const { connection } of this.#inbound) {
      connection.send('goodbye', new Uint8Array(0))
      connection.end()
    }
    const cancel = clock.wakeAt(clock.now() + farewellMs, () => {
      for (const { connection } of this.#inbound) connection.destroy()
    })
    if (!this.#server.listening) {
      cancel()
      return void setImmediate(done)
    }
    this.#server.close((error) => {
      cancel()
      done(error)
    })
  }

  #accept(socket: Socket): void {
    const { clock } = this.#options
    const strangers = [...this.#inbound].filter(({ hello }) => hello === undefined).length
    if (this.#isClosed || strangers >= this.#limits.strangers) return void socket.destroy()
    const cancelHello = clock.wakeAt(clock.now() + this.#limits.helloTimeoutMs, () => {
      if (inbound.hello === undefined) socket.destroy()
    })
    const connection = new Connection(socket, clock, this.#limits, {
      frame: (frame) => this.#onInboundFrame(inbound, frame),
      closed: (error) => {
        cancelHello()
        this.#inbound.delete(inbound)
        const id = inbound.hello?.member.id
        if (id !== undefined && this.#inboundById.get(id) === inbound) this.#inboundById.delete(id)
        if (error) this.#logger.debug({ peer: id, error }, 'an inbound connection ended')
      },
    })
    const inbound: Inbound = { connection, hello: undefined }
    this.#inbound.add(inbound)
  }

  #onInboundFrame(inbound: Inbound, frame: Frame): void {
    if (frame.type === 'hello') return this.#onHello(inbound, decodeHello(frame.body))
    const { hello } = inbound
    if (hello === undefined)
      return inbound.connection.destroy(new TransportError('MESSAGE_INVALID', 'it did not say hello first'))
    this.#onFrame(hello.member.id, frame)
  }

  #onHello(inbound: Inbound, hello: Hello): void {
    const self = this.#self!
    const { id } = hello.member
    const present = this.#inboundById.get(id)
    const rejection = whyRefused(self, hello, present === inbound ? undefined : present?.hello)
    if (rejection) {
      this.#logger.warn({ peer: id, ...rejection }, 'a connection is refused')
      inbound.connection.send('rejection', encodeRejection(rejection))
      return inbound.connection.end()
    }
    const isFirst = inbound.hello === undefined
    inbound.hello = hello
    if (!isFirst) return
    this.#inboundById.set(id, inbound)
    if (present) present.connection.destroy()
    inbound.connection.send('hello', encodeHello(helloOf(self, '')))
    // Whoever dials this node is up: no need to wait out the back-off.
    this.#dialers.get(id)?.dial()
  }

  #onFrame(id: ServerId, frame: Frame): void {
    if (frame.type !== 'envelope' || this.#isClosed) return
    this.#options.metrics?.received(id, frame.body.length)
    this.#handler?.message(decodeEnvelope(frame.body))
  }

  #dialerHost(): DialerHost {
    return {
      options: this.#options,
      limits: this.#limits,
      hello: (toId) => helloOf(this.#self!, toId),
      up: (peer) => {
        this.#logger.debug({ peer: peer.id }, 'connected')
        this.#handler?.peerUp(peer)
      },
      down: (id, reason, detail) => {
        this.#logger.debug({ peer: id, reason, detail }, 'not connected')
        this.#options.metrics?.peerDown(id, reason)
        this.#handler?.peerDown(id, reason)
      },
      frame: (id, frame) => this.#onFrame(id, frame),
    }
  }
}

/** Small messages that must not wait behind large ones. */
function isUrgent(message: Message): boolean {
  if (message.kind === 'appendRequest') return message.entries.length === 0
  return message.kind !== 'snapshotChunk' && message.kind !== 'application'
}
