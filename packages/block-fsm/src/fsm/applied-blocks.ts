import type { Height } from '../block/header.ts'
import type { AppliedBlock } from './applied-block.ts'

/** What the stream has for a consumer that wants blocks from a height on. */
export type AppliedRead =
  /** At least one block, contiguous, the first at the height that was asked for. */
  | { readonly kind: 'blocks'; readonly blocks: readonly AppliedBlock[] }
  /** Nothing at this height yet: `wait` for it. */
  | { readonly kind: 'none' }
  /**
   * The consumer is too slow, or a snapshot skipped the height: it takes the blocks below `oldest` from the log or the block
   * store, by hash links down from the tip, or by backfill. `oldest` is one above the tip when the stream holds nothing.
   */
  | { readonly kind: 'evicted'; readonly oldest: Height }

/**
 * The committed blocks in the order in which they were applied. Slow consumers (store, signer, executor, publishers) pull from
 * it by height; it never waits for them, and keeps only the newest blocks, up to a limit in bytes.
 */
export interface AppliedBlockReader {
  /** Blocks from `from` on while the sum of their encoded headers and data is within `limitBytes`, at least one. */
  read(from: Height, limitBytes: number): AppliedRead
  /** Resolves when `read(from)` would not answer `none`. Rejects with the signal's reason. */
  wait(from: Height, signal?: AbortSignal): Promise<void>
}

/** The stream as the state machine fills it. */
export class AppliedBlocks implements AppliedBlockReader {
  readonly #limitBytes: number
  #next: Height
  #held: AppliedBlock[] = []
  #heldBytes = 0
  #waiting: Waiter[] = []

  /** `next` is the height that the next block will have. The newest block is kept whatever `limitBytes` says. */
  constructor(next: Height, limitBytes: number) {
    this.#next = next
    this.#limitBytes = limitBytes
  }

  read(from: Height, limitBytes: number): AppliedRead {
    if (from >= this.#next) return { kind: 'none' }
    const oldest = this.#next - this.#held.length
    if (from < oldest) return { kind: 'evicted', oldest }
    const blocks: AppliedBlock[] = []
    let bytes = 0
    for (const applied of this.#held.slice(from - oldest)) {
      bytes += sizeOf(applied)
      if (blocks.length > 0 && bytes > limitBytes) break
      blocks.push(applied)
    }
    return { kind: 'blocks', blocks }
  }

  async wait(from: Height, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (from < this.#next) return
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { from, wake }
      const abort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter)
        reject(signal?.reason)
      }
      function wake(): void {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiting.push(waiter)
    })
  }

  /** Appends the next block. */
  append(applied: AppliedBlock): void {
    this.#held.push(applied)
    this.#heldBytes += sizeOf(applied)
    this.#next = applied.block.height + 1
    let evicted = 0
    while (this.#heldBytes > this.#limitBytes && evicted < this.#held.length - 1) {
      this.#heldBytes -= sizeOf(this.#held[evicted++]!)
    }
    if (evicted > 0) this.#held = this.#held.slice(evicted)
    this.#wake()
  }

  /** Forgets everything and goes on at `next`, after a restore. */
  restart(next: Height): void {
    this.#held = []
    this.#heldBytes = 0
    this.#next = next
    this.#wake()
  }

  #wake(): void {
    const ready = this.#waiting.filter((waiter) => waiter.from < this.#next)
    if (ready.length === 0) return
    this.#waiting = this.#waiting.filter((waiter) => waiter.from >= this.#next)
    for (const waiter of ready) waiter.wake()
  }
}

interface Waiter {
  readonly from: Height
  readonly wake: () => void
}

function sizeOf({ block }: AppliedBlock): number {
  return block.headerBytes.length + block.dataBytes.length
}
