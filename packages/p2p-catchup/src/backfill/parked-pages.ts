import type { Height } from 'block-fsm'
import type { PeerName } from '../ports/history-peers.ts'

/** Items that one peer gave, as they came: nothing about them is known yet. */
export interface Page {
  readonly peer: PeerName
  readonly from: Height
  readonly to: Height
  /** One for each height, ascending. */
  readonly items: readonly Uint8Array[]
  /** What the page counts for in the window. */
  readonly bytes: number
}

/** Pages that came before their turn. */
export class ParkedPages {
  #pages: Page[] = []

  add(page: Page): void {
    this.#pages.push(page)
  }

  /** Takes out the page that holds a height. */
  takeAt(height: Height): Page | undefined {
    const i = this.#pages.findIndex(({ from, to }) => from <= height && height <= to)
    return i === -1 ? undefined : this.#pages.splice(i, 1)[0]
  }

  /** Takes out everything that a peer gave. */
  takeFrom(peer: PeerName): readonly Page[] {
    const taken = this.#pages.filter((page) => page.peer === peer)
    this.#pages = this.#pages.filter((page) => page.peer !== peer)
    return taken
  }
}
