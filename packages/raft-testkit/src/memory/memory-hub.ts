import type { ServerId, Transport, TransportHandler, TransportPeer, TransportSelf } from 'raft-core'
import { nextTurn, type Schedule } from './schedule.ts'

interface Attached {
  readonly self: TransportSelf
  readonly handler: TransportHandler
  peers: readonly TransportPeer[]
}

/** Connects nodes of one process: a message arrives when `schedule` says, always and in order. */
export class MemoryHub {
  readonly #schedule: Schedule
  readonly #attached = new Map<ServerId, Attached>()

  /** By default messages arrive in the next turn of the event loop. */
  constructor(schedule: Schedule = nextTurn) {
    this.#schedule = schedule
  }

  /** The transport of one node. */
  transport(id: ServerId): Transport {
    let own: Attached | undefined
    return {
      start: (self, handler, done) => {
        const attached: Attached = { self, handler, peers: [] }
        own = attached
        this.#attached.set(id, attached)
        this.#tellOthers(id, (other) => other.peerUp(self.member))
        this.#schedule(done)
      },
      identify: () => {},
      setPeers: (peers) => {
        if (own === undefined) return
        const before = new Set(own.peers.map((peer) => peer.id))
        own.peers = peers
        for (const peer of peers) if (!before.has(peer.id)) this.#introduce(own, peer.id)
      },
      send: (to, envelope) => this.#tell(to, (handler) => handler.message(envelope)),
      close: (done) => {
        if (this.#attached.get(id) === own) this.#attached.delete(id)
        // They dial again at once, and nobody listens.
        this.#tellOthers(id, (other) => other.peerDown(id, 'goodbye'))
        this.#tellOthers(id, (other) => this.#attached.has(id) || other.peerDown(id, 'refused'))
        this.#schedule(done)
      },
    }
  }

  #introduce(attached: Attached, peer: ServerId): void {
    this.#schedule(() => {
      const found = this.#attached.get(peer)
      if (found) attached.handler.peerUp(found.self.member)
      else attached.handler.peerDown(peer, 'refused')
    })
  }

  #tellOthers(id: ServerId, say: (handler: TransportHandler) => void): void {
    for (const [other, { peers }] of this.#attached) {
      if (other !== id && peers.some((peer) => peer.id === id)) this.#tell(other, say)
    }
  }

  #tell(to: ServerId, say: (handler: TransportHandler) => void): void {
    this.#schedule(() => {
      const attached = this.#attached.get(to)
      if (attached) say(attached.handler)
    })
  }
}
