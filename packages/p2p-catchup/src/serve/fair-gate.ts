import type { PeerName } from '../ports/history-peers.ts'

/** A place in memory; `resize` says what it came to, `leave` gives it back. */
export interface Place {
  resize(bytes: number): void
  leave(): void
}

export interface FairGateOptions {
  /** Nobody enters while this much is held. */
  readonly totalBytes: number
  /** Nor a peer while it holds this much. */
  readonly perPeerBytes: number
  /** What a place counts for until it is resized. */
  readonly placeBytes: number
}

/**
 * Who is served next. Answers that are on their way hold memory, all together and each peer's own only so much; whoever waits
 * is taken in turn by peer, so that a greedy or slow peer waits behind its own answers and nobody else's.
 */
export class FairGate {
  readonly #options: FairGateOptions
  /** In the order of their turns. */
  readonly #waiting = new Map<PeerName, (() => void)[]>()
  readonly #held = new Map<PeerName, number>()
  #heldTotal = 0

  constructor(options: FairGateOptions) {
    this.#options = options
  }

  /** Resolves when it is the peer's turn; rejects with the signal's reason. */
  enter(peer: PeerName, signal: AbortSignal): Promise<Place> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const stop = (): void => {
        this.#withdraw(peer, start)
        reject(signal.reason as Error)
      }
      const start = (): void => {
        signal.removeEventListener('abort', stop)
        resolve(this.#place(peer))
      }
      signal.addEventListener('abort', stop, { once: true })
      const queue = this.#waiting.get(peer)
      if (queue) queue.push(start)
      else this.#waiting.set(peer, [start])
      this.#next()
    })
  }

  #place(peer: PeerName): Place {
    let held = this.#options.placeBytes
    let isOver = false
    this.#hold(peer, held)
    return {
      resize: (bytes) => {
        if (isOver) return
        this.#hold(peer, bytes - held)
        held = bytes
      },
      leave: () => {
        if (isOver) return
        isOver = true
        this.#hold(peer, -held)
        this.#next()
      },
    }
  }

  #hold(peer: PeerName, bytes: number): void {
    this.#heldTotal += bytes
    const held = (this.#held.get(peer) ?? 0) + bytes
    if (held > 0) this.#held.set(peer, held)
    else this.#held.delete(peer)
  }

  #next(): void {
    const { totalBytes, perPeerBytes } = this.#options
    for (const [peer, queue] of Array.from(this.#waiting)) {
      if (this.#heldTotal >= totalBytes) return
      if ((this.#held.get(peer) ?? 0) >= perPeerBytes) continue
      const start = queue.shift()
      // The peer goes to the end of the line.
      this.#waiting.delete(peer)
      if (queue.length > 0) this.#waiting.set(peer, queue)
      start?.()
    }
  }

  #withdraw(peer: PeerName, start: () => void): void {
    const left = this.#waiting.get(peer)?.filter((waiting) => waiting !== start) ?? []
    if (left.length > 0) this.#waiting.set(peer, left)
    else this.#waiting.delete(peer)
  }
}
