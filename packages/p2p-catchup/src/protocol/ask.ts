import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { CatchupError, toError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { HistoryAnswer } from '../ports/history-peers.ts'
import { FrameReader } from './frame-reader.ts'
import { decodeReply, encodeQuestion, type HistoryQuestion } from './messages.ts'

export interface AskOptions {
  /** Bytes of items to take; an item that would go beyond is not read. */
  readonly limitBytes: number
  /** Largest message of the protocol. */
  readonly messageLimitBytes: number
  /** Silence after which the peer is given up. */
  readonly silenceMs: number
  /** Slowest answer that is waited for, after `silenceMs` of grace. */
  readonly slowestBytesPerSecond: number
  readonly clock: Clock
}

/** How long an answered stream may stay half open. */
const lingerMs = 1000

/**
 * Asks one question on a fresh stream and reads the answer, as go-header's client does: write, close the writing side, read as
 * many responses as were asked for. Rejects as `HistoryPeers` says; the stream is gone in the end, whatever happens.
 *
 * Messages are handled as they come, so nothing queues up here beyond `limitBytes` and one unfinished message.
 */
export function ask(
  stream: Stream,
  question: HistoryQuestion,
  options: AskOptions,
  signal: AbortSignal,
): Promise<HistoryAnswer> {
  return new Promise((resolve, reject) => new Asking(stream, question, options, signal, { resolve, reject }).begin())
}

interface Outcome {
  resolve(answer: HistoryAnswer): void
  reject(error: Error): void
}

class Asking {
  readonly #stream: Stream
  readonly #question: HistoryQuestion
  readonly #options: AskOptions
  readonly #signal: AbortSignal
  readonly #outcome: Outcome
  readonly #reader: FrameReader
  readonly #amount: number
  readonly #items: Uint8Array[] = []
  readonly #startedAt: number
  #bytes = 0
  #receivedBytes = 0
  #lastByteAt: number
  #hasPeerClosed = false
  #isOver = false
  #cancelTimer: () => void = () => undefined

  constructor(stream: Stream, question: HistoryQuestion, options: AskOptions, signal: AbortSignal, outcome: Outcome) {
    this.#stream = stream
    this.#question = question
    this.#options = options
    this.#signal = signal
    this.#outcome = outcome
    this.#reader = new FrameReader(options.messageLimitBytes)
    this.#amount = question.by === 'height' ? question.amount : 1
    this.#startedAt = options.clock.now()
    this.#lastByteAt = this.#startedAt
  }

  begin(): void {
    const stream = this.#stream
    if (this.#signal.aborted) return this.#fail(toError(this.#signal.reason))
    // While the protocol was negotiated the peer may have answered and closed its side, or reset the stream.
    this.#hasPeerClosed = isOpen(stream) && stream.remoteWriteStatus === 'closed'
    this.#signal.addEventListener('abort', this.#onAbort, { once: true })
    stream.addEventListener('message', this.#onMessage)
    stream.addEventListener('remoteCloseWrite', this.#onPeerClosed)
    stream.addEventListener('close', this.#onClose)
    this.#watch()
    if (!isOpen(stream)) return queueMicrotask(() => this.#onClose())
    try {
      stream.send(encodeQuestion(this.#question))
      stream.close({ signal: this.#signal }).catch((cause: unknown) => this.#breakOff(this.#broken(cause)))
    } catch (cause) {
      return this.#breakOff(this.#broken(cause))
    }
    this.#endIfPeerClosed()
  }

  readonly #onAbort = (): void => this.#fail(toError(this.#signal.reason))

  readonly #onMessage = (event: StreamMessageEvent): void => {
    const chunk = event.data.subarray()
    this.#receivedBytes += chunk.length
    this.#lastByteAt = this.#options.clock.now()
    try {
      for (const frame of this.#reader.push(chunk)) {
        this.#take(frame)
        if (this.#isOver) return
      }
      this.#refuseBeyondLimit(this.#reader.pendingLength ?? 0)
      this.#endIfPeerClosed()
    } catch (cause) {
      this.#fail(toError(cause))
    }
  }

  readonly #onPeerClosed = (): void => {
    this.#hasPeerClosed = true
    this.#endIfPeerClosed()
  }

  readonly #onClose = (event?: StreamCloseEvent): void => this.#breakOff(this.#broken(event?.error))

  /** What was read ahead of us is delivered first. */
  #endIfPeerClosed(): void {
    if (this.#isOver || !this.#hasPeerClosed || this.#stream.readBufferLength > 0) return
    if (!this.#reader.isBetweenFrames) {
      return this.#fail(new CatchupError('PEER_MALFORMED', 'the peer ended its answer within a message'))
    }
    if (this.#items.length > 0) return this.#finish({})
    this.#fail(new CatchupError('PEER_REFUSED', 'the peer closed the stream without an answer'))
  }

  #broken(cause: unknown): CatchupError {
    return this.#stream.status === 'reset'
      ? new CatchupError('PEER_REFUSED', 'the peer reset the stream', { cause })
      : new CatchupError('PEER_GONE', 'the connection to the peer broke', { cause })
  }

  #take(frame: Uint8Array): void {
    const reply = decodeReply(frame)
    if (reply.kind === 'notFound') {
      if (this.#items.length === 0) return this.#finish({})
      throw new CatchupError('PEER_MALFORMED', 'the peer gave items and then said that they are not there')
    }
    this.#refuseBeyondLimit(reply.body.length)
    if (this.#isOver) return
    this.#items.push(reply.body)
    this.#bytes += reply.body.length
    if (this.#items.length === this.#amount) this.#finish({})
  }

  #refuseBeyondLimit(nextItemBytes: number): void {
    if (!this.#isOver && this.#bytes + nextItemBytes > this.#options.limitBytes) this.#finish({ nextItemBytes })
  }

  /** One timer at a time; most find that something came meanwhile. */
  #watch(): void {
    const { clock } = this.#options
    this.#cancelTimer = clock.wakeAt(this.#dueAt(), () => {
      const now = clock.now()
      if (now < this.#dueAt()) return this.#watch()
      const took = `${this.#receivedBytes} bytes in ${Math.round(now - this.#startedAt)} ms`
      this.#breakOff(new CatchupError('PEER_SILENT', `the peer is silent or too slow: ${took}`))
    })
  }

  #dueAt(): number {
    const { silenceMs, slowestBytesPerSecond } = this.#options
    const slowAt = this.#startedAt + silenceMs + (this.#receivedBytes / slowestBytesPerSecond) * 1000
    return Math.min(this.#lastByteAt + silenceMs, slowAt)
  }

  /** What came whole before the stream broke is still an answer. */
  #breakOff(error: CatchupError): void {
    if (this.#items.length > 0) this.#finish({ isBroken: true })
    else this.#fail(error)
  }

  #finish(more: Pick<HistoryAnswer, 'nextItemBytes' | 'isBroken'>): void {
    if (!this.#end()) return
    this.#release(more.nextItemBytes !== undefined || more.isBroken === true)
    this.#outcome.resolve({ items: this.#items, bytes: this.#bytes, ...more })
  }

  #fail(error: Error): void {
    if (!this.#end()) return
    this.#stream.abort(error)
    this.#outcome.reject(error)
  }

  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#cancelTimer()
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#stream.removeEventListener('message', this.#onMessage)
    this.#stream.removeEventListener('remoteCloseWrite', this.#onPeerClosed)
    this.#stream.removeEventListener('close', this.#onClose)
    return true
  }

  /** A peer that goes on, or never closes its side, must not hold the stream. */
  #release(isUnwanted: boolean): void {
    const stream = this.#stream
    const drop = (): void => stream.abort(new Error('the answer is complete'))
    if (isUnwanted) return drop()
    if (!isOpen(stream)) return
    const cancel = this.#options.clock.wakeAt(this.#options.clock.now() + lingerMs, drop)
    stream.addEventListener('message', drop)
    stream.addEventListener('close', cancel)
  }
}

function isOpen({ status }: Stream): boolean {
  return status === 'open' || status === 'closing'
}
