import type { Height } from 'block-fsm'
import type { PeerName } from '../ports/history-peers.ts'

/** Which end of a range is verified first: the top, because each header names the one below, or the bottom. */
export type Direction = 'down' | 'up'

/** Heights to be asked for with one request. */
export interface Piece {
  readonly from: Height
  readonly to: Height
  /** Bytes that the first item needs, when a request failed for want of them. */
  readonly neededBytes: number
  /** Peers that did not have the first height, and until when they are not asked again. */
  readonly lacking: ReadonlyMap<PeerName, number>
}

/** Heights of a range that are neither there nor on their way, handed out from the end that is verified first. */
export class WorkQueue {
  readonly #direction: Direction
  /** The untouched remainder last; pieces that came back before it, the most urgent first. */
  #pieces: Piece[]

  constructor(direction: Direction, from: Height, to: Height) {
    this.#direction = direction
    this.#pieces = [newPiece(from, to)]
  }

  /** The most urgent piece. */
  get first(): Piece | undefined {
    return this.#pieces[0]
  }

  /** Takes up to as many heights as `amountOf` allows of the most urgent piece for which that is not 0. */
  take(amountOf: (piece: Piece) => number): Piece | undefined {
    for (const [i, piece] of this.#pieces.entries()) {
      const amount = amountOf(piece)
      if (amount <= 0) continue
      const { taken, rest } = cut(piece, amount, this.#direction)
      this.#pieces.splice(i, 1, ...(rest ? [rest] : []))
      return taken
    }
    return undefined
  }

  giveBack(piece: Piece): void {
    const isDown = this.#direction === 'down'
    const i = this.#pieces.findIndex((other) => (isDown ? other.to < piece.from : other.from > piece.to))
    this.#pieces.splice(i === -1 ? this.#pieces.length : i, 0, piece)
  }
}

export function newPiece(from: Height, to: Height): Piece {
  return { from, to, neededBytes: 0, lacking: new Map() }
}

function cut(piece: Piece, amount: number, direction: Direction): { readonly taken: Piece; readonly rest?: Piece } {
  const { from, to } = piece
  if (amount >= to - from + 1) return { taken: piece }
  // What was learned about a piece is about its most urgent end, or its first height; the rest begins anew.
  return direction === 'down'
    ? { taken: { ...piece, from: to - amount + 1 }, rest: newPiece(from, to - amount) }
    : { taken: { ...piece, to: from + amount - 1 }, rest: newPiece(from + amount, to) }
}
