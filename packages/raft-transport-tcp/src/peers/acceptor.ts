import type { Socket } from 'node:net'
import { isSameMember, type Logger, type Member, type TransportSelf } from 'raft-core'
import { decodeHello, encodeHello, type Hello, helloOf } from '../codec/hello-codec.ts'
import type { Rejection } from '../codec/rejection-codec.ts'
import { TransportError } from '../errors.ts'
import { ByteBudget } from '../link/byte-budget.ts'
import { Connection, type ConnectionContext } from '../link/connection.ts'
import type { TransportMetrics } from '../metrics.ts'
import type { Frame } from '../wire/frame.ts'
import { whyRefused } from './admission.ts'

/** How the acceptor reaches its transport. Nothing here is called from inside a call to the acceptor. */
export interface AcceptorHost {
  readonly context: ConnectionContext
  readonly logger: Logger
  readonly metrics: Partial<TransportMetrics>
  self(): TransportSelf
  isNamed(id: string): boolean
  /** The connection that this node made to that peer, and its hello. */
  outbound(id: string): { readonly hello: Hello; readonly connection: Connection } | undefined
  /** Somebody made a connection and was let in. */
  greeted(hello: Hello): void
  /** The connection that this peer made is gone. */
  lost(id: string): void
  /** A message from the peer. */
  envelope(connection: Connection, peer: Member, body: Uint8Array): void
}

/** A connection that somebody made. */
interface Inbound {
  readonly connection: Connection
  readonly cancelHello: () => void
  /** Undefined while it is a stranger's. */
  hello: Hello | undefined
}

/** Refusals that are remembered as logged. */
const loggedLimit = 64

/** Connections that others made: strangers until they say hello, then at most one of each id. */
export class Acceptor {
  readonly #host: AcceptorHost
  readonly #named = new ByteBudget(Number.POSITIVE_INFINITY)
  readonly #unnamed: ByteBudget
  /** Oldest first. */
  readonly #strangers = new Set<Inbound>()
  readonly #greeted = new Map<string, Inbound & { hello: Hello }>()
  /** What was last logged of a peer, so that one that tries for ever does not fill the log. */
  readonly #logged = new Map<string, string>()

  constructor(host: AcceptorHost) {
    this.#host = host
    this.#unnamed = new ByteBudget(host.context.limits.guestBytes)
  }

  accept(socket: Socket): void {
    const { clock, limits } = this.#host.context
    const { metrics } = this.#host
    const connection = new Connection(socket, this.#host.context, {
      frame: (frame) => this.#onFrame(inbound, frame),
      closed: (error) => this.#onClosed(inbound, error),
      queued: (bytes) => inbound.hello && metrics.queued?.(inbound.hello.member.id, bytes),
      roundTrip: (milliseconds) => inbound.hello && metrics.roundTrip?.(inbound.hello.member.id, milliseconds),
    })
    const cancelHello = clock.wakeAt(clock.now() + limits.helloTimeoutMs, () => {
      connection.fail(new TransportError('HELLO_MISSING', `no hello within ${limits.helloTimeoutMs} ms`))
    })
    const inbound: Inbound = { connection, cancelHello, hello: undefined }
    for (const oldest of this.#strangers) {
      if (this.#strangers.size < limits.strangers) break
      // Not the newest: a peer says hello at once, so whoever waited longest is least likely one.
      this.#refuse(oldest, { code: 'BUSY', reason: 'too many connections say no hello; try again' })
    }
    this.#strangers.add(inbound)
  }

  /** The connection that this peer made, and its hello. */
  inbound(id: string): { readonly hello: Hello; readonly connection: Connection } | undefined {
    return this.#greeted.get(id)
  }

  /** Says hello again, after what it says changed. */
  identify(): void {
    const hello = encodeHello(helloOf(this.#host.self(), ''))
    for (const { connection } of this.#greeted.values()) connection.send('hello', hello)
  }

  /** Says goodbye to everybody. */
  stop(): void {
    for (const { connection, cancelHello } of [...this.#strangers, ...this.#greeted.values()]) {
      cancelHello()
      connection.send('goodbye', new Uint8Array(0))
      connection.end()
    }
    this.#strangers.clear()
    this.#greeted.clear()
  }

  #onFrame(inbound: Inbound, frame: Frame): void {
    try {
      if (frame.type === 'hello') return this.#onHello(inbound, decodeHello(frame.body))
      if (inbound.hello === undefined && frame.type !== 'goodbye' && frame.type !== 'rejection') {
        throw new TransportError('HELLO_MISSING', 'a message came before the hello')
      }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      return inbound.connection.fail(error)
    }
    if (frame.type === 'envelope') this.#host.envelope(inbound.connection, inbound.hello!.member, frame.body)
    else inbound.connection.destroy()
  }

  #onHello(inbound: Inbound, hello: Hello): void {
    const { id } = hello.member
    const refusal = this.#whyRefused(inbound, hello)
    if (refusal) return this.#refuse(inbound, refusal, id)
    if (inbound.hello !== undefined) {
      inbound.hello = hello
      return
    }
    this.#strangers.delete(inbound)
    inbound.cancelHello()
    // A later start, or the same one that dials again: the earlier connection is dead or about to be.
    this.#greeted.get(id)?.connection.end()
    this.#greeted.set(id, Object.assign(inbound, { hello }))
    this.#logged.delete(id)
    inbound.connection.send('hello', encodeHello(helloOf(this.#host.self(), '')))
    inbound.connection.open(this.#host.isNamed(id) ? this.#named : this.#unnamed)
    this.#host.greeted(hello)
  }

  #whyRefused(inbound: Inbound, hello: Hello): Rejection | undefined {
    const { id } = hello.member
    if (inbound.hello && !isSameMember(inbound.hello.member, hello.member)) {
      return { code: 'WRONG_NODE', reason: `${inbound.hello.member.id} cannot become ${id} on one connection` }
    }
    const others = [this.#greeted.get(id), this.#host.outbound(id)].filter((one) => one !== undefined)
    const present = others.filter(({ connection }) => connection !== inbound.connection)
    const refusal = whyRefused(
      this.#host.self(),
      hello,
      present.map((one) => one.hello),
    )
    // The other holder may be half open: a wiped directory came back before the old connection was known to be dead.
    if (refusal?.code === 'DOUBLED') for (const { connection } of present) connection.doubt()
    if (refusal === undefined && !inbound.hello && !this.#greeted.has(id) && this.#isFullFor(id)) {
      return { code: 'BUSY', reason: 'too many unnamed peers are connected; try again later' }
    }
    return refusal
  }

  #isFullFor(id: string): boolean {
    if (this.#host.isNamed(id)) return false
    const unnamed = [...this.#greeted.keys()].filter((other) => !this.#host.isNamed(other))
    return unnamed.length >= this.#host.context.limits.guests
  }

  #refuse(inbound: Inbound, rejection: Rejection, id = ''): void {
    inbound.connection.reject(rejection)
    this.#log(id, rejection)
    this.#forget(inbound)
  }

  #onClosed(inbound: Inbound, error: Error | undefined): void {
    if (error instanceof TransportError) {
      this.#log(inbound.hello?.member.id ?? '', { code: error.code, reason: error.message })
    }
    this.#forget(inbound)
  }

  #forget(inbound: Inbound): void {
    inbound.cancelHello()
    this.#strangers.delete(inbound)
    const id = inbound.hello?.member.id
    if (id === undefined || this.#greeted.get(id) !== inbound) return
    this.#greeted.delete(id)
    this.#host.lost(id)
  }

  /** Warns of a change; the same again and again is for debugging. */
  #log(id: string, { code, reason }: Rejection): void {
    const { logger, metrics } = this.#host
    metrics.refused?.(code)
    const isNews = this.#logged.get(id) !== code
    this.#logged.delete(id)
    this.#logged.set(id, code)
    if (this.#logged.size > loggedLimit) this.#logged.delete(this.#logged.keys().next().value!)
    if (isNews) logger.warn({ peer: id, code, reason }, 'a connection is refused or given up')
    else logger.debug({ peer: id, code, reason }, 'a connection is refused or given up again')
  }
}
