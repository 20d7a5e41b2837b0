import type { Height } from 'block-fsm'
import type { ConvictionKind } from '../ports/history-peers.ts'
import type { HistoryKind } from '../protocol/protocol-ids.ts'
import type { Page } from './parked-pages.ts'
import type { Direction } from './work-queue.ts'

/** A range to fetch, and what makes of its items something to keep. */
export interface RangeTask {
  readonly kind: HistoryKind
  readonly direction: Direction
  readonly from: Height
  readonly to: Height

  /**
   * Verifies a page that lies at the frontier, item by item from that side, and begins to store those that are right. Only what
   * the peer did is a fault; a rejection is this node's own trouble.
   */
  accept(page: Page): Promise<Acceptance>
}

export interface Acceptance {
  /** Right items, counted from the frontier. */
  readonly accepted: number
  /** Settles when they are durable; rejects as the store does. */
  readonly stored: Promise<void>
  /** The first wrong item, if any. */
  readonly fault?: Fault
}

export interface Fault {
  readonly kind: ConvictionKind
  readonly height: Height
  readonly reason: string
  readonly item: Uint8Array
}

/** Items verified before the event loop gets its turn: one or two milliseconds. */
const itemsPerTurn = 128

/** Lets everything else run now and then in a long loop; `count` is how many items were done. */
export function breathe(count: number): Promise<void> | undefined {
  if (count % itemsPerTurn !== 0) return undefined
  return new Promise((resolve) => setImmediate(resolve))
}
