import type { PeerId, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Host } from '../host/host.ts'
import { CatchupError, toError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  Conviction,
  HistoryAnswer,
  HistoryPeer,
  HistoryPeers,
  HistoryRequest,
  PeerName,
} from '../ports/history-peers.ts'
import { ask } from '../protocol/ask.ts'
import type { HistoryQuestion } from '../protocol/messages.ts'
import { type HistoryKind, type HistoryProtocol, historyProtocols } from '../protocol/protocol-ids.ts'
import { deadline } from '../signals.ts'
import { defaultRequestLimits, type RequestLimits } from './request-limits.ts'

export interface Libp2pPeersOptions {
  readonly host: Host
  readonly chainId: string
  readonly clock: Clock
  readonly limits?: Partial<RequestLimits>
  /** Peers whose answers are proven wrong are banned by the host, which disconnects them. Default true. */
  readonly bansConvicted?: boolean
}

/** The peers of a host that speak a history protocol of the chain. */
export interface Libp2pPeers extends HistoryPeers {
  /** The peer's head header: an encoded `P2PSignedHeader`, or nothing when it has none. Never to be trusted. */
  requestHead(peer: PeerName, signal: AbortSignal): Promise<HistoryAnswer>
  /** Stops following who is connected. */
  close(): void
}

/** Follows which connected peers speak a history protocol. Rejects when the host is stopped. */
export async function libp2pPeers(options: Libp2pPeersOptions): Promise<Libp2pPeers> {
  const peers = new HostPeers(options)
  await peers.open()
  return peers
}

class HostPeers implements Libp2pPeers {
  readonly #options: Libp2pPeersOptions
  readonly #limits: RequestLimits
  readonly #protocols: readonly HistoryProtocol[]
  readonly #spoken = new Map<PeerName, Set<HistoryProtocol>>()
  readonly #convicted = new Set<PeerName>()
  readonly #listeners = new Set<() => void>()
  #topologies: readonly string[] = []

  constructor(options: Libp2pPeersOptions) {
    this.#options = options
    this.#limits = { ...defaultRequestLimits, ...options.limits }
    this.#protocols = historyProtocols(options.chainId)
  }

  async open(): Promise<void> {
    const { libp2p } = this.#options.host
    this.#topologies = await Promise.all(
      this.#protocols.map((protocol) =>
        libp2p.register(protocol.id, {
          onConnect: (peer) => this.#note(peer.toString(), protocol),
          onDisconnect: (peer) => this.#forget(peer.toString(), protocol),
        }),
      ),
    )
    libp2p.addEventListener('peer:disconnect', this.#onDisconnect)
    for (const connection of libp2p.getConnections()) await this.#noteKnown(connection.remotePeer.toString())
  }

  close(): void {
    const { libp2p } = this.#options.host
    for (const topology of this.#topologies) libp2p.unregister(topology)
    libp2p.removeEventListener('peer:disconnect', this.#onDisconnect)
    this.#spoken.clear()
  }

  list(): readonly HistoryPeer[] {
    const listed: HistoryPeer[] = []
    for (const peer of this.#spoken.keys()) {
      const header = this.#best(peer, 'header')
      const data = this.#best(peer, 'data')
      if (header && data) listed.push({ peer, pageLimit: Math.min(header.pageLimit, data.pageLimit) })
    }
    return listed
  }

  requestHeaders(peer: PeerName, request: HistoryRequest, signal: AbortSignal): Promise<HistoryAnswer> {
    return this.#ask(peer, 'header', { by: 'height', from: request.from, amount: request.amount }, request, signal)
  }

  requestData(peer: PeerName, request: HistoryRequest, signal: AbortSignal): Promise<HistoryAnswer> {
    return this.#ask(peer, 'data', { by: 'height', from: request.from, amount: request.amount }, request, signal)
  }

  requestHead(peer: PeerName, signal: AbortSignal): Promise<HistoryAnswer> {
    return this.#ask(peer, 'header', { by: 'head' }, { limitBytes: this.#limits.messageBytes }, signal)
  }

  onChange(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  convict({ peer, kind, reason }: Conviction): void {
    const { host, bansConvicted = true } = this.#options
    if (bansConvicted) host.ban(peer, `${kind}: ${reason}`)
    else this.#convicted.add(peer)
    this.#changed()
  }

  async #ask(
    peer: PeerName,
    kind: HistoryKind,
    question: HistoryQuestion,
    { limitBytes }: { readonly limitBytes: number },
    signal: AbortSignal,
  ): Promise<HistoryAnswer> {
    const { clock } = this.#options
    const { silenceMs, slowestBytesPerSecond, messageBytes } = this.#limits
    const stream = await this.#openStream(peer, kind, signal)
    return ask(
      stream,
      question,
      { limitBytes, messageLimitBytes: messageBytes, silenceMs, slowestBytesPerSecond, clock },
      signal,
    )
  }

  async #openStream(peer: PeerName, kind: HistoryKind, signal: AbortSignal): Promise<Stream> {
    const { host, clock } = this.#options
    const protocol = this.#best(peer, kind)
    const connection = host.libp2p.getConnections(peerIdFromString(peer)).find(({ status }) => status === 'open')
    if (!connection || !protocol) throw new CatchupError('PEER_GONE', `${peer} is not connected`)
    const late = (): Error => new CatchupError('PEER_SILENT', `${peer} does not open a stream`)
    const limit = deadline(clock, clock.now() + this.#limits.silenceMs, late, signal)
    try {
      const maxOutboundStreams = this.#limits.streamsPerConnection
      return await connection.newStream(protocol.id, { signal: limit.signal, maxOutboundStreams })
    } catch (thrown) {
      throw limit.signal.aborted ? toError(limit.signal.reason) : openingError(peer, toError(thrown))
    } finally {
      limit.dispose()
    }
  }

  /** Ours before ev-node's: the order of the protocols. */
  #best(peer: PeerName, kind: HistoryKind): HistoryProtocol | undefined {
    const { host } = this.#options
    if (this.#convicted.has(peer) || host.banReason(peer) !== undefined) return undefined
    const spoken = this.#spoken.get(peer)
    return this.#protocols.find((protocol) => protocol.kind === kind && spoken?.has(protocol))
  }

  #note(peer: PeerName, protocol: HistoryProtocol): void {
    const spoken = this.#spoken.get(peer) ?? new Set()
    spoken.add(protocol)
    this.#spoken.set(peer, spoken)
    this.#changed()
  }

  #forget(peer: PeerName, protocol: HistoryProtocol): void {
    const spoken = this.#spoken.get(peer)
    if (!spoken?.delete(protocol)) return
    if (spoken.size === 0) this.#spoken.delete(peer)
    this.#changed()
  }

  /** Topologies are told a moment later, and not at all of a peer that the peer store has forgotten. */
  readonly #onDisconnect = ({ detail }: CustomEvent<PeerId>): void => {
    if (this.#spoken.delete(detail.toString())) this.#changed()
  }

  /** Peers that were identified before this was opened. */
  async #noteKnown(peer: PeerName): Promise<void> {
    const { libp2p } = this.#options.host
    const known = await libp2p.peerStore.get(peerIdFromString(peer))
    for (const protocol of this.#protocols) if (known.protocols.includes(protocol.id)) this.#note(peer, protocol)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

function openingError(peer: PeerName, cause: Error): CatchupError {
  const isRefusal = cause.name === 'UnsupportedProtocolError' || cause.name.startsWith('TooMany')
  return isRefusal
    ? new CatchupError('PEER_REFUSED', `${peer} does not take a request now`, { cause })
    : new CatchupError('PEER_GONE', `no stream to ${peer} could be opened`, { cause })
}
