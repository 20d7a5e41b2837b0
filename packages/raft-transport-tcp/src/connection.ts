import type { Socket } from 'node:net'
import type { Clock } from 'raft-core'
import { encodeFrame, type Frame, FrameReader, type FrameType } from './frame.ts'
import type { TcpTransportLimits } from './options.ts'
import { SendQueue } from './send-queue.ts'

/** Frames up to this are joined into one write; system calls cost more than copies (TypeScript stack notes, raw TCP). */
const joinBytes = 64 * 1024

/** Silent ping intervals after which a peer is taken for dead. */
const silentPings = 3

export interface ConnectionHandler {
  frame(frame: Frame): void
  /** Called once. `error` tells why, when anything is known. */
  closed(error: Error | undefined): void
}

/** One TCP connection that carries frames: joined writes, two lanes, bounded queue, ping when silent. */
export class Connection {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #limits: TcpTransportLimits
  readonly #handler: ConnectionHandler
  readonly #queue: SendQueue
  readonly #reader: FrameReader
  #isFlushPlanned = false
  #isBlocked = false
  #isClosed = false
  #heardAt: number
  #error: Error | undefined
  #cancelPing: (() => void) | undefined

  constructor(socket: Socket, clock: Clock, limits: TcpTransportLimits, handler: ConnectionHandler) {
    this.#socket = socket
    this.#clock = clock
    this.#limits = limits
    this.#handler = handler
    this.#queue = new SendQueue(limits.queueBytes)
    this.#reader = new FrameReader(limits.frameBytes)
    this.#heardAt = clock.now()
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 10_000)
    socket.on('data', (bytes: Buffer) => this.#onData(bytes))
    socket.on('drain', () => {
      this.#isBlocked = false
      this.#flush()
    })
    socket.on('error', (error) => {
      this.#error ??= error
    })
    socket.on('end', () => socket.destroy())
    socket.on('close', () => this.#onClose())
    this.#armPing()
  }

  /** Queues a frame; false when the queue is full or the connection gone. */
  send(type: FrameType, body: Uint8Array, isUrgent = true): boolean {
    if (this.#isClosed || !this.#queue.push(encodeFrame(type, body), isUrgent)) return false
    this.#planFlush()
    return true
  }

  /** Sends what is queued, then closes. */
  end(): void {
    if (this.#isClosed) return
    this.#flush()
    this.#socket.end()
  }

  /** Closes at once; `error` is what the handler is told. */
  destroy(error?: Error): void {
    this.#error ??= error
    this.#socket.destroy()
  }

  #onData(bytes: Buffer): void {
    this.#heardAt = this.#clock.now()
    try {
      for (const frame of this.#reader.push(bytes)) {
        if (this.#isClosed) return
        if (frame.type === 'ping') this.send('pong', new Uint8Array(0))
        else if (frame.type !== 'pong') this.#handler.frame(frame)
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Everything queued in one turn of the event loop goes together. */
  #planFlush(): void {
    if (this.#isFlushPlanned || this.#isBlocked) return
    this.#isFlushPlanned = true
    setImmediate(() => {
      this.#isFlushPlanned = false
      this.#flush()
    })
  }

  #flush(): void {
    while (!this.#isClosed && !this.#isBlocked && !this.#queue.isEmpty) {
      const frames = this.#queue.take(joinBytes)
      this.#socket.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames))
      this.#isBlocked = this.#socket.writableLength >= this.#limits.socketBytes
    }
  }

  #armPing(): void {
    const { pingMs } = this.#limits
    this.#cancelPing = this.#clock.wakeAt(this.#clock.now() + pingMs, () => {
      const silentMs = this.#clock.now() - this.#heardAt
      if (silentMs >= pingMs * silentPings)
        return this.destroy(new Error(`nothing was heard for ${silentMs.toFixed(0)} ms`))
      if (silentMs >= pingMs) this.send('ping', new Uint8Array(0))
      this.#armPing()
    })
  }

  #onClose(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#cancelPing?.()
    this.#handler.closed(this.#error)
  }
}
