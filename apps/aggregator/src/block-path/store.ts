import { type Anchor, type BlockFsm, type BlockStore, type DoubleSignGuard, type Height, storeBlocks } from 'block-fsm'

/** Blocks stored with one call. */
const batchBytes = 8 * 1024 * 1024

export interface StoreStepOptions {
  readonly fsm: BlockFsm
  readonly store: BlockStore
  readonly guard: DoubleSignGuard | undefined
  /** Height after the state machine's tip before the log brought anything: what the log brings again is compared. */
  readonly firstHeight: Height
  /** The state machine's tip then; undefined when it began empty. */
  readonly startAnchor: Anchor | undefined
  /** Remembers a block below which history is to be fetched; rejects when another is stored at its height. */
  readonly rememberAnchor: (anchor: Anchor, abort: AbortSignal) => Promise<void>
}

/**
 * Step 7 of a block's life: stores committed blocks right after their verdict, and records them with the guard, signing or
 * not. Blocks that a snapshot skipped are left to backfill.
 */
export class StoreStep {
  readonly #options: StoreStepOptions
  #next: Height
  #restored: Anchor | undefined

  constructor(options: StoreStepOptions) {
    this.#options = options
    this.#next = options.firstHeight
  }

  /** Height of the next block that is not stored yet. */
  get next(): Height {
    return this.#next
  }

  /** Stores what there is; true when it was anything. A block that differs from the stored one rejects with `CONFLICT`. */
  async advance(abort: AbortSignal): Promise<boolean> {
    const { fsm, store, guard } = this.#options
    const read = fsm.blocks.read(this.#next, batchBytes)
    if (read.kind === 'none') return false
    if (read.kind === 'evicted') {
      await this.#skipTo(read.oldest, abort)
      return true
    }
    const blocks = read.blocks.map(({ block }) => block)
    await Promise.all([storeBlocks(store, blocks, abort), guard?.record(blocks, abort)])
    this.#next = blocks.at(-1)!.height + 1
    return true
  }

  /**
   * What the node started from: a snapshot's tip may be news to the store, when the node ended right after the snapshot came,
   * or when the store was lost.
   */
  async begin(abort: AbortSignal): Promise<void> {
    const { startAnchor, guard } = this.#options
    if (startAnchor === undefined) return
    const mark = guard?.mark()
    if (guard && (mark === undefined || mark.height < startAnchor.height)) await guard.recordAnchor(startAnchor, abort)
    await this.#options.rememberAnchor(startAnchor, abort)
  }

  /** A snapshot replaced the state; `anchor` is its tip. */
  onRestored(anchor: Anchor | undefined): void {
    this.#restored = anchor
  }

  /**
   * A snapshot put the state machine ahead: what lies between is for backfill, below the anchor. Blocks may have followed the
   * snapshot by now, and the guard would refuse them below a newer anchor: the anchor is the block right below the oldest of them,
   * or else the tip, and then backfill brings them all.
   */
  async #skipTo(oldest: Height, abort: AbortSignal): Promise<void> {
    const { fsm, guard } = this.#options
    const anchor = this.#restored?.height === oldest - 1 ? this.#restored : fsm.anchor()
    if (anchor) await Promise.all([this.#options.rememberAnchor(anchor, abort), guard?.recordAnchor(anchor, abort)])
    this.#next = anchor ? anchor.height + 1 : oldest
  }
}
