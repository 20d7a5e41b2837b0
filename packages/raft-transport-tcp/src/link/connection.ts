import type { Socket } from 'node:net'
import type { Clock } from 'raft-core'
import { encodeRejection, type Rejection } from '../codec/rejection-codec.ts'
import { TransportError } from '../errors.ts'
import type { TcpTransportLimits } from '../options.ts'
import { Assembler } from '../wire/assembler.ts'
import { type Frame, frameLimitBytes, type FrameType } from '../wire/frame.ts'
import { FrameReader } from '../wire/frame-reader.ts'
import { packFrames } from '../wire/pack-frames.ts'
import { preface } from '../wire/preface.ts'
import type { ByteBudget } from './byte-budget.ts'
import { Heartbeat } from './heartbeat.ts'
import type { LiveSockets } from './live-sockets.ts'
import { type Lane, SendQueue } from './send-queue.ts'

/** Gathered for one write; beyond this a larger one is not faster. */
const gatherBytes = 64 * 1024

/** Largest frame before the hello was accepted: strangers cost little. */
const strangerFrameBytes = 64 * 1024

const messageTypes: ReadonlySet<FrameType> = new Set(['envelope', 'part', 'lastPart'])

const noBody = new Uint8Array(0)

/** What connections of one transport share. */
export interface ConnectionContext {
  readonly clock: Clock
  readonly limits: TcpTransportLimits
  readonly sockets: LiveSockets
}

export interface ConnectionHandler {
  /** A frame that is not the connection's own business; messages in parts come whole, as `envelope`. */
  frame(frame: Frame): void
  /** Called once, unless this side gave the connection up itself. `error` tells why, when anything is known. */
  closed(error: Error | undefined): void
  /** So many bytes wait now. */
  queued(bytes: number): void
  roundTrip(milliseconds: number): void
}

/** One TCP connection that carries frames: gathered writes, two lanes, bounded queues, pings once open. */
export class Connection {
  readonly #socket: Socket
  readonly #context: ConnectionContext
  readonly #handler: ConnectionHandler
  readonly #queue: SendQueue
  readonly #reader = new FrameReader(strangerFrameBytes)
  #assembler: Assembler | undefined
  #heartbeat: Heartbeat | undefined
  #hasPreface = false
  #isFlushPlanned = false
  #isBlocked = false
  #isLeaving = false
  #isClosed = false
  #error: Error | undefined

  constructor(socket: Socket, context: ConnectionContext, handler: ConnectionHandler) {
    this.#socket = socket
    this.#context = context
    this.#handler = handler
    this.#queue = new SendQueue(context.limits.urgentBytes, context.limits.queueBytes)
    context.sockets.add(socket)
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
    socket.on('close', () => this.#onClosed())
  }

  /** The peer is who it should be: large messages may come, and pings begin. Unfinished messages count against `budget`. */
  open(budget: ByteBudget): void {
    this.#reader.limitBytes = frameLimitBytes
    this.#assembler = new Assembler(this.#context.limits.messageBytes, budget)
    this.#heartbeat = new Heartbeat(this.#context.clock, this.#context.limits.pingMs, {
      ping: () => void this.send('ping', noBody),
      silent: () => this.destroy(new TransportError('SILENT', 'nothing is heard from the peer any more')),
      roundTrip: (milliseconds) => this.#handler.roundTrip(milliseconds),
    })
  }

  /** Queues a frame; false when its lane is full or the connection gone. */
  send(type: FrameType, body: Uint8Array, lane: Lane = 'urgent'): boolean {
    if (this.#isClosed || !this.#queue.push({ type, body }, lane)) return false
    if (!this.#isFlushPlanned && !this.#isBlocked) {
      this.#isFlushPlanned = true
      // Everything queued in one turn of the event loop goes together.
      setImmediate(() => {
        this.#isFlushPlanned = false
        this.#flush()
      })
    }
    return true
  }

  /** The peer may be gone: it has one ping interval to show that it is not. */
  doubt(): void {
    if (!this.#isClosed) this.#heartbeat?.doubt()
  }

  /** Tells the peer why it is given up, then closes; the handler hears nothing more. */
  reject(rejection: Rejection): void {
    this.send('rejection', encodeRejection(rejection))
    this.end()
  }

  /** Sends what is urgent, then closes; the handler hears nothing more. */
  end(): void {
    if (this.#isClosed) return
    this.#retire()
    this.#isLeaving = true
    this.#queue.clearBulk()
    // What still comes must be read: closing over unread bytes is a reset, which can overtake the last words.
    this.#context.sockets.linger(this.#socket)
    this.#flush()
  }

  /** Closes at once; `error` is what the handler is told. */
  destroy(error?: Error): void {
    this.#error ??= error
    this.#socket.destroy()
  }

  #onData(bytes: Buffer): void {
    if (this.#isClosed) return
    this.#heartbeat?.heard()
    this.#reader.push(bytes)
    while (!this.#isClosed && !this.#socket.destroyed) {
      const frame = this.#nextFrame()
      if (frame === undefined) return
      this.#onFrame(frame)
    }
  }

  /** The next whole frame or message. One that cannot be read ends the connection, and the peer is told why. */
  #nextFrame(): Frame | undefined {
    try {
      for (;;) {
        const frame = this.#reader.next()
        if (frame === undefined || !messageTypes.has(frame.type)) return frame
        if (this.#assembler === undefined) throw new TransportError('HELLO_MISSING', 'a message came before the hello')
        const body =
          frame.type === 'envelope'
            ? this.#assembler.whole(frame.body)
            : this.#assembler.add(frame.body, frame.type === 'lastPart')
        if (body) return { type: 'envelope', body }
      }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      this.fail(error)
      return undefined
    }
  }

  /** Something that the peer sent cannot be: tells it, closes, and tells the handler. */
  fail(error: TransportError): void {
    if (this.#isClosed) return
    this.reject({ code: error.code, reason: error.message })
    this.#handler.closed(error)
  }

  #onFrame(frame: Frame): void {
    // Before the hello they are as unexpected as anything else.
    if (frame.type === 'ping' && this.#heartbeat) this.send('pong', noBody)
    else if (frame.type === 'pong' && this.#heartbeat) this.#heartbeat.answered()
    else this.#handler.frame(frame)
  }

  #flush(): void {
    while (!this.#isBlocked && !this.#socket.destroyed && this.#queue.bytes > 0) {
      const frames = this.#queue.take(gatherBytes)
      this.#socket.cork()
      if (!this.#hasPreface) this.#socket.write(preface)
      this.#hasPreface = true
      for (const buffer of packFrames(frames)) this.#socket.write(buffer)
      this.#socket.uncork()
      this.#isBlocked = this.#socket.writableLength >= this.#context.limits.socketBytes
    }
    this.#handler.queued(this.#queue.bytes)
    if (this.#isLeaving && this.#queue.bytes === 0) this.#socket.end()
  }

  /** From now on nothing is taken, counted or pinged. */
  #retire(): void {
    this.#isClosed = true
    this.#heartbeat?.stop()
    this.#assembler?.clear()
  }

  #onClosed(): void {
    if (this.#isClosed) return
    this.#retire()
    this.#handler.closed(this.#error)
  }
}
