import type { ServiceFactoryMap } from 'libp2p'
import { createLibp2p } from 'libp2p'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { ConnectionGater, Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { CatchupError, toError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { PeerName } from '../ports/history-peers.ts'
import { type Logger, silentLogger } from '../ports/logger.ts'
import { BanList } from './ban-list.ts'
import { defaultHostLimits, type HostLimits } from './host-limits.ts'
import type { Host } from './host.ts'
import { Redialer } from './redialer.ts'

export interface HostOptions {
  /** 32 bytes, as `NodeKey.seed`. */
  readonly seed: Uint8Array
  /** A TCP multiaddr such as `/ip4/0.0.0.0/tcp/7676`; port 0 picks one. */
  readonly listenAddress: string
  /** Multiaddrs with `/p2p/<peer id>` that are dialed until they are connected. This node's own is left out. */
  readonly peers?: readonly string[]
  readonly clock: Clock
  /** In [0, 1); spreads redials. */
  readonly random: () => number
  readonly logger?: Logger
  readonly limits?: Partial<HostLimits>
  /** Further libp2p services, such as gossip. */
  readonly services?: ServiceFactoryMap
  /** Stops the host. */
  readonly signal?: AbortSignal
}

/**
 * Starts a libp2p node: TCP, Noise, yamux and identify, nothing that finds peers by itself. `INVALID_OPTIONS` names an address
 * that cannot be used, `HOST_FAILED` says why it could not start.
 */
export async function createHost(options: HostOptions): Promise<Host> {
  options.signal?.throwIfAborted()
  const peers = (options.peers ?? []).map(parsePeer)
  const limits: HostLimits = { ...defaultHostLimits, ...options.limits }
  const bans = new BanList(options.clock, limits.banMs)
  const libp2p = await start(options, limits, bans)
  const host = new Libp2pHost(libp2p, bans, options.logger ?? silentLogger)
  options.signal?.addEventListener('abort', () => void host.stop(), { once: true })
  if (options.signal?.aborted) {
    await host.stop()
    throw toError(options.signal.reason)
  }
  const { clock, random } = options
  for (const { id, address } of peers) {
    if (libp2p.peerId.equals(id)) continue
    // The pruner keeps the most valued connections.
    await libp2p.peerStore.merge(id, { tags: { configured: { value: 100 } } })
    const logger = options.logger ?? silentLogger
    new Redialer(id, address, { libp2p, clock, random, logger, limits, signal: host.stopping }).start()
  }
  return host
}

class Libp2pHost implements Host {
  readonly peerId: PeerName
  readonly libp2p: Libp2p
  readonly #bans: BanList
  readonly #logger: Logger
  readonly #stopping = new AbortController()
  #stopped: Promise<void> | undefined

  constructor(libp2p: Libp2p, bans: BanList, logger: Logger) {
    this.libp2p = libp2p
    this.peerId = libp2p.peerId.toString()
    this.#bans = bans
    this.#logger = logger
  }

  /** Aborted when the host stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  addresses(): readonly string[] {
    return this.libp2p.getMultiaddrs().map((address) => address.toString())
  }

  connected(): readonly PeerName[] {
    return this.libp2p.getPeers().map((peer) => peer.toString())
  }

  ban(peer: PeerName, reason: string): void {
    this.#bans.add(peer, reason)
    this.#logger.warn({ peer, reason }, 'a peer is banned')
    const report = (cause: unknown): void =>
      this.#logger.warn({ peer, err: toError(cause) }, 'closing its connection failed')
    this.libp2p.hangUp(peerIdFromString(peer)).catch(report)
  }

  banReason(peer: PeerName): string | undefined {
    return this.#bans.reason(peer)
  }

  stop(): Promise<void> {
    this.#stopping.abort(new CatchupError('STOPPED', 'the p2p host is stopped'))
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    try {
      await this.libp2p.stop()
    } catch (thrown) {
      this.#logger.warn({ err: toError(thrown) }, 'stopping libp2p failed; the process may end nevertheless')
    }
  }
}

async function start(options: HostOptions, limits: HostLimits, bans: BanList): Promise<Libp2p> {
  const listen = parseListen(options.listenAddress)
  try {
    return await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', options.seed),
      addresses: { listen: [listen.toString()] },
      transports: [tcp({ maxConnections: limits.connections + limits.pendingConnections })],
      connectionEncrypters: [noise()],
      streamMuxers: [
        yamux({
          maxInboundStreams: limits.streamsPerConnection,
          maxOutboundStreams: limits.streamsPerConnection,
          // A peer may send a window ahead of a paused reader; a buffer below that would reset the stream.
          streamOptions: {
            maxReadBufferLength: limits.streamBufferBytes,
            maxStreamWindowSize: limits.streamBufferBytes,
          },
        }),
      ],
      connectionGater: gaterOf(bans),
      connectionManager: {
        maxConnections: limits.connections,
        maxIncomingPendingConnections: limits.pendingConnections,
        inboundConnectionThreshold: limits.connectionsPerSecond,
        inboundUpgradeTimeout: limits.dialTimeoutMs,
        dialTimeout: limits.dialTimeoutMs,
      },
      // A ping waits behind the history that the same connection carries: 8 MiB take half a minute on a slow line.
      connectionMonitor: { pingTimeout: { minTimeout: 30_000, maxTimeout: 60_000 } },
      services: { ...options.services, identify: identify() },
    })
  } catch (cause) {
    throw new CatchupError(
      'HOST_FAILED',
      `the p2p host cannot listen on ${listen.toString()}: ${toError(cause).message}`,
      {
        cause,
      },
    )
  }
}

function gaterOf(bans: BanList): ConnectionGater {
  const isBanned = (peer: { toString(): string }): boolean => bans.reason(peer.toString()) !== undefined
  return {
    denyDialPeer: isBanned,
    denyInboundEncryptedConnection: isBanned,
    denyOutboundEncryptedConnection: isBanned,
  }
}

interface ConfiguredPeer {
  readonly id: ReturnType<typeof peerIdFromString>
  readonly address: Multiaddr
}

function parsePeer(text: string): ConfiguredPeer {
  try {
    const address = multiaddr(text)
    const id = address.getComponents().findLast(({ name }) => name === 'p2p')?.value
    if (id === undefined) throw new Error('it does not end in /p2p/<peer id>')
    return { id: peerIdFromString(id), address }
  } catch (cause) {
    const example = '/ip4/10.0.0.1/tcp/7676/p2p/12D3KooW...'
    throw new CatchupError(
      'INVALID_OPTIONS',
      `p2p peer "${text}": ${toError(cause).message}; write it like ${example}`,
      {
        cause,
      },
    )
  }
}

function parseListen(text: string): Multiaddr {
  try {
    const address = multiaddr(text)
    if (!address.getComponents().some(({ name }) => name === 'tcp')) throw new Error('only TCP is spoken here')
    return address
  } catch (cause) {
    throw new CatchupError(
      'INVALID_OPTIONS',
      `p2p listen address "${text}": ${toError(cause).message}; write it like /ip4/0.0.0.0/tcp/7676`,
      { cause },
    )
  }
}
