import type { PeerDownReason, ServerId } from 'raft-core'
import { type Host, isNamed } from './network-host.ts'
import type { Seeded } from './seeded.ts'
import type { World } from './world.ts'

/** Shortest wait before a failed attempt to connect is repeated; the longest is twice that. */
const redialMs = 40

/** A silent connection, or an attempt that nobody answers, is given up after this at the earliest and three times this at the latest. */
const silenceMs = 150

/** What connections need of the network. */
export interface Wires {
  readonly world: World
  readonly random: Seeded
  /** The process that listens now. */
  host(id: ServerId): Host | undefined
  /** Nothing gets through in at least one direction. */
  isCut(a: ServerId, b: ServerId): boolean
  delay(): number
  count(what: PeerDownReason): void
}

/**
 * Who is connected to whom, as TCP would have it: a dead process closes its connections and refuses new ones, a partition is only
 * noticed by silence, and a process that stands still answers nothing.
 */
export class Connections {
  readonly #wires: Wires

  constructor(wires: Wires) {
    this.#wires = wires
  }

  /** Tries to connect, again and again until it works or the peer is not named any more. */
  dial(host: Host, to: ServerId): void {
    const { world } = this.#wires
    if (host.dialing.has(to)) return
    host.dialing.add(to)
    world.after(this.#wires.delay() + this.#wires.delay(), () => {
      const isSilent = this.#wires.isCut(host.id, to) || this.#wires.host(to)?.process.isPaused() === true
      if (isSilent) world.after(this.#silence(), () => this.#answer(host, to, 'unreachable'))
      else this.#answer(host, to, this.#wires.host(to) === undefined ? 'refused' : undefined)
    })
  }

  /** The host no longer wants to be connected to the peer. */
  drop(host: Host, peer: ServerId): void {
    if (!host.connected.has(peer)) return
    this.#tell(host, peer, 'closed')
    this.#wires.world.after(0, () => this.#lose(host, peer, 'closed'))
  }

  /** The process ended: peers notice at once, unless a partition hides it; then by silence. */
  end(host: Host, reason: 'closed' | 'goodbye'): void {
    for (const peer of host.connected) this.#tell(host, peer, reason)
  }

  /** Something between them closed the connection; both notice, unless a partition hides it. */
  reset(a: ServerId, b: ServerId): void {
    const [one, other] = [this.#wires.host(a), this.#wires.host(b)]
    if (!one?.connected.has(b) || !other?.connected.has(a)) return
    for (const [host, peer] of [
      [one, b],
      [other, a],
    ] as const) {
      this.#wires.world.after(this.#wires.delay(), () => {
        if (this.#isCurrent(host)) this.#lose(host, peer, 'closed')
      })
    }
  }

  /** Connections over a cut wire die of silence, unless it is healed before. */
  suspect(a: ServerId, b: ServerId): void {
    const hosts = [this.#wires.host(a), this.#wires.host(b)]
    this.#wires.world.after(this.#silence(), () => {
      if (!this.#wires.isCut(a, b)) return
      for (const host of hosts)
        if (host && this.#isCurrent(host)) this.#lose(host, host.id === a ? b : a, 'unreachable')
    })
  }

  #answer(host: Host, to: ServerId, failure: PeerDownReason | undefined): void {
    host.dialing.delete(to)
    if (!this.#isCurrent(host) || !isNamed(host, to) || host.connected.has(to)) return
    const peer = this.#wires.host(to)
    const reason = failure ?? (peer === undefined ? 'refused' : this.#rejection(host, peer))
    if (peer !== undefined && reason === undefined) return this.#connect(host, peer)
    this.#report(host, to, reason ?? 'unreachable')
    this.#wires.world.after(redialMs * (1 + this.#wires.random.fraction()), () => this.#redial(host, to))
  }

  #connect(host: Host, peer: Host): void {
    // The peer may still hold a connection to the process that was here before.
    if (peer.connected.has(host.id)) this.#report(peer, host.id, 'closed')
    host.connected.add(peer.id)
    peer.connected.add(host.id)
    host.process.deliver(() => host.handler.peerUp(peer.self.member))
    peer.process.deliver(() => peer.handler.peerUp(host.self.member))
  }

  #rejection(host: Host, peer: Host): PeerDownReason | undefined {
    const isForeign = host.self.clusterId !== '' && peer.self.clusterId !== ''
    return isForeign && host.self.clusterId !== peer.self.clusterId ? 'rejected' : undefined
  }

  /** The other end hears that `host` closed the connection. */
  #tell(host: Host, peer: ServerId, reason: 'closed' | 'goodbye'): void {
    const other = this.#wires.host(peer)
    if (other === undefined) return
    const isHidden = this.#wires.isCut(host.id, peer)
    const startThen = host.self.bootNonce
    this.#wires.world.after(isHidden ? this.#silence() : this.#wires.delay(), () => {
      const now = this.#wires.host(host.id)
      // A newer process of the same id may have connected meanwhile, and the old connection was closed then.
      if (now !== undefined && now.self.bootNonce !== startThen && now.connected.has(peer)) return
      if (this.#isCurrent(other)) this.#lose(other, host.id, isHidden ? 'unreachable' : reason)
    })
  }

  #lose(host: Host, peer: ServerId, reason: PeerDownReason): void {
    if (!host.connected.delete(peer)) return
    this.#report(host, peer, reason)
    this.#redial(host, peer)
  }

  #redial(host: Host, to: ServerId): void {
    if (this.#isCurrent(host) && isNamed(host, to) && !host.connected.has(to)) this.dial(host, to)
  }

  #report(host: Host, peer: ServerId, reason: PeerDownReason): void {
    this.#wires.count(reason)
    host.process.deliver(() => host.handler.peerDown(peer, reason))
  }

  #isCurrent(host: Host): boolean {
    return this.#wires.host(host.id) === host
  }

  #silence(): number {
    return silenceMs * (1 + 2 * this.#wires.random.fraction())
  }
}
