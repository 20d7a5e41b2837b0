import type { Envelope, Message, ServerId, Transport } from 'raft-core'
import { Connections } from './connections.ts'
import { type Attachment, type Host, isNamed } from './network-host.ts'
import type { Seeded } from './seeded.ts'
import type { World } from './world.ts'

/** What the network does to messages. Probabilities from 0 to 1, times in milliseconds. */
export interface NetworkFaults {
  readonly delayMs: number
  readonly loss: number
  readonly duplication: number
  /** Messages that come again up to two seconds later, whatever happened meanwhile. */
  readonly replay: number
  /** How long a wire is busy with a kilobyte; 0 for a wire without end. */
  readonly msPerKilobyte: number
}

const latestReplayMs = 2000

/** A local network on a good day. */
export const fairWeather: NetworkFaults = { delayMs: 0.5, loss: 0, duplication: 0, replay: 0, msPerKilobyte: 0 }

/**
 * Connects processes. Messages are delayed, lost, doubled and overtake each other; partitions swallow them silently. Harsher
 * than TCP on purpose: a message may still arrive when its connection is gone, and at a process that started after it was sent.
 */
export class SimulatedNetwork {
  readonly counts = {
    sent: 0,
    unconnected: 0,
    lost: 0,
    duplicated: 0,
    replayed: 0,
    cut: 0,
    held: 0,
    refused: 0,
    closed: 0,
    unreachable: 0,
    goodbye: 0,
    rejected: 0,
  }
  faults: NetworkFaults = fairWeather
  readonly #world: World
  readonly #random: Seeded
  readonly #hasJitter: boolean
  readonly #connections: Connections
  readonly #hosts = new Map<ServerId, Host>()
  /** Directed pairs `from>to` that let nothing through. */
  readonly #cuts = new Set<string>()
  /** When a wire `from>to` is free for the next message. */
  readonly #freeAt = new Map<string, number>()

  /** Without jitter every message takes as long as the others. */
  constructor(world: World, random: Seeded, hasJitter = true) {
    this.#world = world
    this.#random = random
    this.#hasJitter = hasJitter
    this.#connections = new Connections({
      world,
      random,
      host: (id) => this.#hosts.get(id),
      isCut: (a, b) => this.#isCut(a, b),
      delay: () => this.#delay(),
      count: (what) => {
        this.counts[what] += 1
      },
    })
  }

  /** The transport of one process. */
  transport(process: Attachment): Transport {
    const { id } = process
    let host: Host | undefined
    return {
      start: (self, handler, done) => {
        host = { id, process, handler, self, peers: [], connected: new Set(), dialing: new Set() }
        this.#hosts.set(id, host)
        this.#world.after(this.#delay(), () => process.deliver(done))
      },
      identify: (self) => {
        if (host) host.self = self
      },
      setPeers: (peers) => {
        if (host === undefined || this.#hosts.get(id) !== host) return
        const before = host.peers
        host.peers = peers
        for (const peer of before) if (!isNamed(host, peer.id)) this.#connections.drop(host, peer.id)
        for (const peer of peers) if (!host.connected.has(peer.id)) this.#connections.dial(host, peer.id)
      },
      send: (to, envelope) => {
        if (host && process.sends(to, envelope)) this.#send(host, to, envelope)
      },
      close: (done) => {
        this.leave(id, 'goodbye')
        this.#world.after(this.#delay(), () => process.deliver(done))
      },
    }
  }

  /** The process is gone; those that were connected to it notice, unless a partition hides it. */
  leave(id: ServerId, reason: 'closed' | 'goodbye' = 'closed'): void {
    const host = this.#hosts.get(id)
    if (host === undefined) return
    this.#hosts.delete(id)
    this.#connections.end(host, reason)
  }

  /** Nothing gets from one to the other any more; what is under way is lost as well. */
  cut(from: ServerId, to: ServerId): void {
    if (from === to || this.#cuts.has(`${from}>${to}`)) return
    this.#cuts.add(`${from}>${to}`)
    this.#connections.suspect(from, to)
  }

  heal(): void {
    this.#cuts.clear()
    this.#freeAt.clear()
  }

  /** Nothing gets from one to the other for `ms`; it waits on the wire. */
  clog(from: ServerId, to: ServerId, ms: number): void {
    this.#freeAt.set(`${from}>${to}`, this.#world.now + ms)
  }

  /** Both ends of a connection see it closed, and connect again. */
  reset(a: ServerId, b: ServerId): void {
    this.#connections.reset(a, b)
  }

  #send(host: Host, to: ServerId, envelope: Envelope): void {
    this.counts.sent += 1
    if (!host.connected.has(to)) {
      this.counts.unconnected += 1
      return
    }
    if (this.#random.chance(this.faults.loss)) {
      this.counts.lost += 1
      return
    }
    const heldMs = this.#holdBack(`${host.id}>${to}`, envelope)
    this.#carry(host.id, to, envelope, heldMs + this.#delay())
    if (this.#random.chance(this.faults.duplication)) {
      this.counts.duplicated += 1
      this.#carry(host.id, to, envelope, heldMs + this.#delay())
    }
    if (this.#random.chance(this.faults.replay)) {
      this.counts.replayed += 1
      this.#carry(host.id, to, envelope, this.#random.between(0, latestReplayMs))
    }
  }

  /** How long a message waits until the wire is free; then the wire is busy with it. */
  #holdBack(wire: string, { message }: Envelope): number {
    const freeAt = this.#freeAt.get(wire)
    const { msPerKilobyte } = this.faults
    if (freeAt === undefined && msPerKilobyte === 0) return 0
    const { now } = this.#world
    const heldMs = Math.max(0, (freeAt ?? 0) - now)
    if (heldMs > 0) this.counts.held += 1
    const busyMs = (sizeOf(message) / 1024) * msPerKilobyte
    if (heldMs + busyMs > 0) this.#freeAt.set(wire, now + heldMs + busyMs)
    else this.#freeAt.delete(wire)
    return heldMs
  }

  #carry(from: ServerId, to: ServerId, envelope: Envelope, delayMs: number): void {
    this.#world.after(delayMs, () => {
      if (this.#cuts.has(`${from}>${to}`)) {
        this.counts.cut += 1
        return
      }
      const host = this.#hosts.get(to)
      host?.process.deliver(() => host.handler.message(envelope))
    })
  }

  #isCut(a: ServerId, b: ServerId): boolean {
    return this.#cuts.has(`${a}>${b}`) || this.#cuts.has(`${b}>${a}`)
  }

  #delay(): number {
    if (!this.#hasJitter) return this.faults.delayMs
    return this.faults.delayMs * 0.2 + this.#random.exponential(this.faults.delayMs * 0.8)
  }
}

/** About as many bytes as the message takes on a wire. */
function sizeOf(message: Message): number {
  const content =
    message.kind === 'appendRequest' ? message.entries.reduce((sum, { record }) => sum + record.length, 0) : 0
  return 64 + content + (message.kind === 'snapshotChunk' ? message.data.length : 0)
}
