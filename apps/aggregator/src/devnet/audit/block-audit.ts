import type { BlockDocument } from '../../rpc/node-view.ts'
import type { EventLog } from './events.ts'
import { digestOf, type HeightDigest, HeightDigests } from './height-digests.ts'

/**
 * Holds every block of every node against what the others showed: one hash and one signature for a height, each block
 * linked to the one before. A difference is an alarm with the evidence in its line.
 */
export class BlockAudit {
  readonly #events: EventLog
  readonly #digests: HeightDigests
  #blocks = 0
  #signatures = 0
  #doubles = 0
  #brokenLinks = 0

  constructor(events: EventLog, digests: HeightDigests = new HeightDigests()) {
    this.#events = events
    this.#digests = digests
  }

  /** Heights seen. */
  get blocks(): number {
    return this.#blocks
  }

  /** Different signatures seen; as many as blocks when all is well. */
  get signatures(): number {
    return this.#signatures
  }

  /** Heights with a second hash or a second signature, counted at each finding. Always 0. */
  get doubles(): number {
    return this.#doubles
  }

  /** Blocks that do not name the one below as their parent. Always 0. */
  get brokenLinks(): number {
    return this.#brokenLinks
  }

  /** True when no node had shown this height before. */
  onBlock(id: string, block: BlockDocument): boolean {
    const { height } = block
    const digest = digestOf(block.hash, block.signature)
    this.#checkLink(id, block)
    const known = this.#digests.get(height)
    if (known) {
      this.#compare(id, height, known, digest)
      return false
    }
    this.#digests.set(height, digest)
    this.#blocks += 1
    if (block.signature !== '') this.#signatures += 1
    return true
  }

  #compare(id: string, height: number, known: HeightDigest, digest: HeightDigest): void {
    if (known.hash !== digest.hash) {
      this.#doubles += 1
      this.#events.alarm(`TWO HASHES at height ${height}: ${known.hash} and, on ${id}, ${digest.hash}`)
    } else if (known.signature !== digest.signature) {
      this.#doubles += 1
      this.#signatures += 1
      this.#events.alarm(`TWO SIGNATURES at height ${height}: ${known.signature} and, on ${id}, ${digest.signature}`)
    }
  }

  #checkLink(id: string, { height, parent_hash }: BlockDocument): void {
    const parent = this.#digests.get(height - 1)
    if (parent === undefined || digestOf(parent_hash, '').hash === parent.hash) return
    this.#brokenLinks += 1
    this.#events.alarm(`BROKEN LINK on ${id}: block ${height} names another parent than block ${height - 1}`)
  }
}
