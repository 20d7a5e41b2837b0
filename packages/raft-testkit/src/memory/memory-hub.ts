import type { Member, ServerId, Transport, TransportHandler, TransportPeer } from 'raft-core'

interface Attached {
  readonly member: Member
  readonly handler: TransportHandler
  peers: readonly TransportPeer[]
}

/** Connects nodes of one process: a message arrives in the next turn of the event loop, always and in order. */
export class MemoryHub {
  readonly #attached = new Map<ServerId, Attached>()

  /** The transport of one node. */
  transport(id: ServerId): Transport {
    let own: Attached | undefined
    return {
      start: (self, handler, done) => {
        own = { member: self.member, handler, peers: [] }
        this.#attached.set(id, own)
        setImmediate(() => {
          for (const other of this.#attached.values()) if (names(other, id)) other.handler.peerUp(self.member)
          done()
        })
      },
      identify: () => {},
      setPeers: (peers) => {
        if (own === undefined) return
        const before = new Set(own.peers.map((peer) => peer.id))
        own.peers = peers
        for (const peer of peers) if (!before.has(peer.id)) setImmediate(() => this.#introduce(id, peer.id))
      },
      send: (to, envelope) => void setImmediate(() => this.#attached.get(to)?.handler.message(envelope)),
      close: (done) => {
        this.#attached.delete(id)
        for (const other of this.#attached.values()) {
          if (names(other, id)) setImmediate(() => other.handler.peerDown(id, 'refused'))
        }
        setImmediate(done)
      },
    }
  }

  #introduce(id: ServerId, peer: ServerId): void {
    const handler = this.#attached.get(id)?.handler
    const found = this.#attached.get(peer)
    if (found) handler?.peerUp(found.member)
    else handler?.peerDown(peer, 'refused')
  }
}

function names(attached: Attached, id: ServerId): boolean {
  return attached.peers.some((peer) => peer.id === id)
}
