import type { Server, Socket } from 'node:net'
import type { Done, Logger } from 'raft-core'
import { formatAddress, type HostPort } from './address.ts'
import { TransportError } from './errors.ts'
import type { Streams } from './link/streams.ts'

/** Listens at one address until told to stop. */
export class Listener {
  readonly #bind: HostPort
  readonly #logger: Logger
  readonly #server: Server
  #isOpening = false
  #isStopped = false

  constructor(bind: HostPort, streams: Streams, logger: Logger, accept: (socket: Socket) => void) {
    this.#bind = bind
    this.#logger = logger
    this.#server = streams.listen((socket) => {
      if (this.#isStopped) socket.destroy()
      else accept(socket)
    })
  }

  /** Where it listens, with the port that the system picked; undefined while it does not. */
  get address(): HostPort | undefined {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') return undefined
    return { host: address.address, port: address.port }
  }

  /** `LISTEN_FAILED` when the address cannot be had, `CLOSED` when stopped before. */
  open(done: Done): void {
    const { host, port } = this.#bind
    this.#isOpening = true
    const answer = (error?: Error): void => {
      this.#isOpening = false
      this.#server.off('error', fail)
      this.#server.on('error', (failure) => this.#logger.error({ error: failure }, 'the Raft listener failed'))
      if (this.#isStopped && !error) this.#server.close()
      done(this.#isStopped ? new TransportError('CLOSED', 'the transport was closed before it listened') : error)
    }
    const fail = (cause: Error): void => {
      const where = formatAddress(this.#bind)
      answer(new TransportError('LISTEN_FAILED', `cannot listen on ${where}: ${cause.message}`, { cause }))
    }
    this.#server.once('error', fail)
    this.#server.listen({ port, ...(host !== '' && { host }) }, () => answer())
  }

  /** Takes no more connections. */
  stop(): void {
    this.#isStopped = true
    if (!this.#isOpening && this.#server.listening) this.#server.close()
  }
}
