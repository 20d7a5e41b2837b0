import type { Hash, Height } from '../block/header.ts'
import type { Anchor, CommittedHeader } from '../stages/committed.ts'

/**
 * Remembers which hash this node stands behind at each height, so that its key never signs two blocks of one height, also
 * after a crash, a restored backup of something else, or an operator's mistake.
 *
 * Its **mark** is the highest height it recorded. Every applied block and every installed snapshot is recorded, whether this
 * node signs or not; a signature leaves only after its block's record is durable. So the mark may lead the signatures and the
 * log, and never trails one.
 *
 * **Ordering and durability.** Calls take effect in order; a promise resolves after fsync. A rejection with
 * `STORAGE_FAILED` is final. `DOUBLE_SIGN` is final too: from then on every call rejects with it, and evidence (both hashes)
 * was written beside the records. It is stamped with chain id and cluster id and refuses to open for others.
 */
export interface DoubleSignGuard {
  /** The highest recorded height and its hash, from memory; undefined on an empty guard. */
  mark(): { readonly height: Height; readonly hash: Hash } | undefined

  /** The recorded hash of a height, from memory. */
  recorded(height: Height): Hash | undefined

  /**
   * Records committed blocks, ascending. Above the mark: recorded, heights in between may stay without a record. At or below
   * it: the recorded hash passes at once, another is `DOUBLE_SIGN`, no record is `UNLINKED` (see `recordBelow`).
   */
  record(headers: readonly CommittedHeader[], signal?: AbortSignal): Promise<void>

  /** Records where an installed snapshot stands. The same rules as `record`. */
  recordAnchor(anchor: Anchor, signal?: AbortSignal): Promise<void>

  /**
   * Records a height below the mark that has no record, because a snapshot skipped it. `child` is one above, recorded, and
   * names the header's hash; otherwise `UNLINKED`. Another recorded hash is `DOUBLE_SIGN`.
   */
  recordBelow(header: CommittedHeader, child: CommittedHeader, signal?: AbortSignal): Promise<void>

  /** Drops records below a height, that of the oldest kept snapshot. The mark stays. Heights below can then not be signed. */
  forgetBelow(height: Height, signal?: AbortSignal): Promise<void>

  /** Finishes what was asked for and releases the file. Later calls reject with `CLOSED`. */
  close(): Promise<void>
}
