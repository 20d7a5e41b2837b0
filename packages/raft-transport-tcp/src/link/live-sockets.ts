import type { Socket } from 'node:net'
import type { Clock } from 'raft-core'

/** How long a connection that was given up may take to tell the peer why. */
const lingerMs = 1000

/** Connections that linger at a time; one more ends the oldest. */
const lingerLimit = 64

/** Every socket of a transport, so that none outlives it. */
export class LiveSockets {
  readonly #clock: Clock
  readonly #sockets = new Set<Socket>()
  readonly #lingering = new Set<Socket>()
  #whenEmpty: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#lingering.delete(socket)
      if (this.#sockets.size === 0) this.#whenEmpty?.()
    })
  }

  /** Leaves the socket some time to send its last bytes and to see the peer close. */
  linger(socket: Socket): void {
    if (socket.destroyed || this.#lingering.has(socket)) return
    for (const oldest of this.#lingering) {
      if (this.#lingering.size < lingerLimit) break
      this.#lingering.delete(oldest)
      oldest.destroy()
    }
    this.#lingering.add(socket)
    const cancel = this.#clock.wakeAt(this.#clock.now() + lingerMs, () => socket.destroy())
    socket.once('close', cancel)
  }

  /** Calls `done` once no socket is left; those that are after `waitMs` are destroyed. Never from inside this call. */
  empty(waitMs: number, done: () => void): void {
    const cancel = this.#clock.wakeAt(this.#clock.now() + waitMs, () => {
      for (const socket of this.#sockets) socket.destroy()
    })
    this.#whenEmpty = () => {
      cancel()
      done()
    }
    if (this.#sockets.size === 0) setImmediate(this.#whenEmpty)
  }
}
