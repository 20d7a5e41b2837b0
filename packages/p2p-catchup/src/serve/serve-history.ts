import { setMaxListeners } from 'node:events'
import type { Connection, Stream } from '@libp2p/interface'
import type { Host } from '../host/host.ts'
import { CatchupError, toError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { PeerName } from '../ports/history-peers.ts'
import { type Logger, silentLogger } from '../ports/logger.ts'
import type { HistoryStore } from '../ports/history-store.ts'
import { encodeItems, encodeNotFound } from '../protocol/messages.ts'
import { type HistoryProtocol, historyProtocols } from '../protocol/protocol-ids.ts'
import { deadline } from '../signals.ts'
import { ByteRate } from './byte-rate.ts'
import { FairGate } from './fair-gate.ts'
import { flushed } from './flushed.ts'
import { type DaHeightHint, HistoryReader, type ServedRange } from './history-reader.ts'
import { readQuestion } from './read-question.ts'
import { defaultServeLimits, type ServeLimits } from './serve-limits.ts'

export interface ServeOptions {
  readonly host: Host
  readonly chainId: string
  readonly store: Pick<HistoryStore, 'status' | 'range' | 'heightOf'>
  readonly clock: Clock
  readonly logger?: Logger
  readonly metrics?: ServeMetrics
  readonly limits?: Partial<ServeLimits>
  readonly daHeightHint?: DaHeightHint
}

/** Where serving counts. Called for every request; must be cheap. */
export interface ServeMetrics {
  /** A request was answered with this many items and bytes; none when the first height is not there. */
  served(protocol: HistoryProtocol, items: number, bytes: number): void
  /** A request was broken off: it was invalid, or the peer too slow or gone. */
  failed(protocol: HistoryProtocol, error: Error): void
}

export interface HistoryServer {
  /** Takes no more requests and breaks off those that are being answered. */
  close(): Promise<void>
}

/**
 * Answers history requests: ev-node's two exchanges and our own with larger pages. What is served is what the store has sealed,
 * in one prefix without a hole; what is not there is NOT_FOUND, and an invalid request resets its stream.
 */
export async function serveHistory(options: ServeOptions): Promise<HistoryServer> {
  const server = new Server(options)
  await server.open()
  return server
}

interface Sent {
  readonly items: number
  readonly bytes: number
}

const nothing: Sent = { items: 0, bytes: 0 }

class Server implements HistoryServer {
  readonly #options: ServeOptions
  readonly #limits: ServeLimits
  readonly #logger: Logger
  readonly #reader: HistoryReader
  readonly #gate: FairGate
  readonly #rate: ByteRate
  readonly #closing = new AbortController()
  readonly #protocols: readonly HistoryProtocol[]

  constructor(options: ServeOptions) {
    this.#options = options
    this.#limits = { ...defaultServeLimits, ...options.limits }
    this.#logger = options.logger ?? silentLogger
    this.#reader = new HistoryReader(options.store, options.daHeightHint ?? (() => 0n))
    this.#gate = new FairGate({
      totalBytes: this.#limits.heldBytes,
      perPeerBytes: this.#limits.heldBytesPerPeer,
      placeBytes: this.#limits.pieceBytes,
    })
    this.#rate = new ByteRate(this.#limits.bytesPerSecondPerPeer, options.clock)
    this.#protocols = historyProtocols(options.chainId)
    // One listener for each request that is being answered.
    setMaxListeners(0, this.#closing.signal)
  }

  async open(): Promise<void> {
    const { libp2p } = this.#options.host
    for (const protocol of this.#protocols) {
      await libp2p.handle(protocol.id, (stream, connection) => this.#handle(protocol, stream, connection), {
        maxInboundStreams: this.#limits.streamsPerConnection,
      })
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new CatchupError('STOPPED', 'history is not served any more'))
    await this.#options.host.libp2p.unhandle(this.#protocols.map(({ id }) => id))
  }

  async #handle(protocol: HistoryProtocol, stream: Stream, connection: Connection): Promise<void> {
    try {
      const { items, bytes } = await this.#answer(protocol, stream, connection.remotePeer.toString())
      this.#options.metrics?.served(protocol, items, bytes)
    } catch (thrown) {
      const error = toError(thrown)
      stream.abort(error)
      this.#options.metrics?.failed(protocol, error)
      this.#logger.debug(
        { peer: connection.remotePeer.toString(), protocol: protocol.id, err: error },
        'request failed',
      )
    }
  }

  async #answer(protocol: HistoryProtocol, stream: Stream, peer: PeerName): Promise<Sent> {
    const { readTimeoutMs, handleTimeoutMs, writeTimeoutMs } = this.#limits
    const question = await this.#within(readTimeoutMs, 'no request came', (signal) =>
      readQuestion(stream, protocol.pageLimit, signal),
    )
    const range = await this.#within(handleTimeoutMs, 'the store did not answer', (signal) =>
      this.#reader.resolve(protocol.kind, question, signal),
    )
    const sent = range === undefined ? nothing : await this.#send(protocol, stream, peer, range)
    if (sent.items === 0) await this.#write(stream, encodeNotFound())
    await this.#within(writeTimeoutMs, 'the peer reads too slowly', (signal) => stream.close({ signal }))
    return sent
  }

  /** Sends piece by piece; the next one is read only when the last one has left. */
  async #send(protocol: HistoryProtocol, stream: Stream, peer: PeerName, range: ServedRange): Promise<Sent> {
    let sent = nothing
    while (range.from + sent.items <= range.to && sent.bytes < this.#limits.answerBytes) {
      const { items, bytes } = await this.#sendPiece(protocol, stream, peer, {
        from: range.from + sent.items,
        to: range.to,
      })
      if (items === 0) return sent
      sent = { items: sent.items + items, bytes: sent.bytes + bytes }
      await this.#waitUntil(this.#rate.take(peer, bytes))
    }
    return sent
  }

  async #sendPiece(protocol: HistoryProtocol, stream: Stream, peer: PeerName, range: ServedRange): Promise<Sent> {
    const { pieceBytes, handleTimeoutMs } = this.#limits
    const place = await this.#within(handleTimeoutMs, 'too many answers are on their way', (signal) =>
      this.#gate.enter(peer, signal),
    )
    try {
      const items = await this.#within(handleTimeoutMs, 'the store did not answer', (signal) =>
        this.#reader.read(protocol.kind, range, pieceBytes, signal),
      )
      if (items.length === 0) return nothing
      const piece = encodeItems(items)
      place.resize(piece.length)
      await this.#write(stream, piece)
      return { items: items.length, bytes: piece.length }
    } finally {
      place.leave()
    }
  }

  async #write(stream: Stream, piece: Uint8Array): Promise<void> {
    if (stream.send(piece)) return
    await this.#within(this.#limits.writeTimeoutMs, 'the peer reads too slowly', (signal) => flushed(stream, signal))
  }

  /** Waits for the peer's rate after each piece, so that the first one leaves at once. */
  async #waitUntil(at: number): Promise<void> {
    const { clock } = this.#options
    if (at <= clock.now()) return
    const { signal } = this.#closing
    await new Promise<void>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const stop = (): void => {
        cancel()
        reject(signal.reason as Error)
      }
      const cancel = clock.wakeAt(at, () => {
        signal.removeEventListener('abort', stop)
        resolve()
      })
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  async #within<Result>(
    timeoutMs: number,
    late: string,
    act: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { clock } = this.#options
    const error = (): Error => new CatchupError('PEER_SILENT', late)
    const limit = deadline(clock, clock.now() + timeoutMs, error, this.#closing.signal)
    try {
      return await act(limit.signal)
    } finally {
      limit.dispose()
    }
  }
}
