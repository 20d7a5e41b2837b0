import type { Envelope, Member, PeerDownReason, ServerId, Transport, TransportHandler, TransportPeer } from 'raft-core'
import type { Seeded } from './seeded.ts'
import type { World } from './world.ts'

/** What the network does to messages. Probabilities from 0 to 1, times in milliseconds. */
export interface NetworkFaults {
  readonly delayMs: number
  readonly loss: number
  readonly duplication: number
}

/** A process as the network sees it. */
interface Host {
  readonly member: Member
  readonly handler: TransportHandler
  /** Runs `action` in the process, if it still lives then. */
  deliver(action: () => void): void
  peers: readonly TransportPeer[]
  readonly connected: Set<ServerId>
}

/** How long a process waits before it dials again after an attempt failed. */
const redialMs = 40

/** A dial into a partition ends after this. */
const dialTimeoutMs = 300

/**
 * Connects processes. Messages are delayed, lost, doubled and overtake each other; partitions swallow them silently. A dead
 * process closes its connections, and whoever dials it is refused.
 */
export class SimulatedNetwork {
  readonly counts = { sent: 0, lost: 0, duplicated: 0, cut: 0 }
  faults: NetworkFaults = { delayMs: 0.5, loss: 0, duplication: 0 }
  readonly #world: World
  readonly #random: Seeded
  readonly #hosts = new Map<ServerId, Host>()
  /** Directed pairs `from>to` that let nothing through. */
  readonly #cuts = new Set<string>()

  constructor(world: World, random: Seeded) {
    this.#world = world
    this.#random = random
  }

  /** The transport of one process. */
  transport(id: ServerId, deliver: (action: () => void) => void): Transport {
    let host: Host | undefined
    return {
      start: (self, handler, done) => {
        host = { member: self.member, handler, deliver, peers: [], connected: new Set() }
        this.#hosts.set(id, host)
        this.#world.after(this.#delay(), () => deliver(done))
      },
      identify: () => {},
      setPeers: (peers) => {
        if (host === undefined) return
        const known = new Set(host.peers.map((peer) => peer.id))
        host.peers = peers
        for (const peer of peers) if (!known.has(peer.id)) this.#dial(host, peer.id)
      },
      send: (to, envelope) => this.#send(id, to, envelope),
      close: (done) => {
        this.leave(id, 'goodbye')
        this.#world.after(this.#delay(), () => deliver(done))
      },
    }
  }

  /** The process is gone; those that were connected to it notice, unless a partition hides it. */
  leave(id: ServerId, reason: PeerDownReason = 'closed'): void {
    this.#hosts.delete(id)
    for (const host of this.#hosts.values()) {
      if (!host.connected.delete(id) || this.#isCut(host.member.id, id)) continue
      this.#world.after(this.#delay(), () => {
        host.deliver(() => host.handler.peerDown(id, reason))
        this.#dial(host, id)
      })
    }
  }

  cut(from: ServerId, to: ServerId): void {
    this.#cuts.add(`${from}>${to}`)
  }

  heal(): void {
    this.#cuts.clear()
  }

  get isCut(): boolean {
    return this.#cuts.size > 0
  }

  #send(from: ServerId, to: ServerId, envelope: Envelope): void {
    this.counts.sent += 1
    if (this.#random.chance(this.faults.loss)) {
      this.counts.lost += 1
      return
    }
    this.#carry(from, to, envelope)
    if (!this.#random.chance(this.faults.duplication)) return
    this.counts.duplicated += 1
    this.#carry(from, to, envelope)
  }

  #carry(from: ServerId, to: ServerId, envelope: Envelope): void {
    this.#world.after(this.#delay(), () => {
      if (this.#cuts.has(`${from}>${to}`)) {
        this.counts.cut += 1
        return
      }
      const host = this.#hosts.get(to)
      host?.deliver(() => host.handler.message(envelope))
    })
  }

  #dial(host: Host, to: ServerId): void {
    const isCut = this.#isCut(host.member.id, to)
    this.#world.after(isCut ? dialTimeoutMs : this.#delay(), () => {
      if (this.#hosts.get(host.member.id) !== host || !host.peers.some((peer) => peer.id === to)) return
      const peer = this.#hosts.get(to)
      if (peer && !this.#isCut(host.member.id, to)) {
        host.connected.add(to)
        host.deliver(() => host.handler.peerUp(peer.member))
        return
      }
      const reason = isCut || this.#isCut(host.member.id, to) ? 'unreachable' : 'refused'
      host.deliver(() => host.handler.peerDown(to, reason))
      this.#world.after(redialMs * (1 + this.#random.fraction()), () => this.#dial(host, to))
    })
  }

  #isCut(a: ServerId, b: ServerId): boolean {
    return this.#cuts.has(`${a}>${b}`) || this.#cuts.has(`${b}>${a}`)
  }

  #delay(): number {
    return this.faults.delayMs * 0.2 + this.#random.exponential(this.faults.delayMs * 0.8)
  }
}
