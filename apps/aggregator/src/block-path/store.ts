import { type BlockFsm, type BlockStore, type DoubleSignGuard, type Height, storeBlocks } from 'block-fsm'

/** Blocks stored with one call. */
const batchBytes = 8 * 1024 * 1024

/**
 * Step 7 of a block's life: stores committed blocks right after their verdict, and records them with the guard, signing or
 * not. Blocks that a snapshot skipped are left to backfill.
 */
export class StoreStep {
  readonly #fsm: BlockFsm
  readonly #store: BlockStore
  readonly #guard: DoubleSignGuard | undefined
  #next: Height

  /** `next` is the height after the state machine's tip before anything was applied: what the log brings again is compared. */
  constructor(fsm: BlockFsm, store: BlockStore, guard: DoubleSignGuard | undefined, next: Height) {
    this.#fsm = fsm
    this.#store = store
    this.#guard = guard
    this.#next = next
  }

  /** Height of the next block that is not stored yet. */
  get next(): Height {
    return this.#next
  }

  /** Stores what there is; true when it was anything. A block that differs from the stored one rejects with `CONFLICT`. */
  async advance(abort: AbortSignal): Promise<boolean> {
    const read = this.#fsm.blocks.read(this.#next, batchBytes)
    if (read.kind === 'none') return false
    if (read.kind === 'evicted') {
      await this.#skipTo(read.oldest, abort)
      return true
    }
    const blocks = read.blocks.map(({ block }) => block)
    await Promise.all([storeBlocks(this.#store, blocks, abort), this.#guard?.record(blocks, abort)])
    this.#next = blocks.at(-1)!.height + 1
    return true
  }

  /** A snapshot put the state machine ahead: what lies between is for backfill, below the anchor. */
  async #skipTo(oldest: Height, abort: AbortSignal): Promise<void> {
    const anchor = this.#fsm.anchor()
    if (anchor) await Promise.all([this.#store.putAnchor(anchor, abort), this.#guard?.recordAnchor(anchor, abort)])
    this.#next = oldest
  }
}
