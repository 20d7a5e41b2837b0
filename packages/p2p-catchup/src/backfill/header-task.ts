import {
  type Anchor,
  BlockError,
  type ClaimedSignature,
  type CommittedHeader,
  decodeP2PSignedHeader,
  equalBytes,
  headerAtAnchor,
  headerBelow,
  type Height,
  isCommitted,
  type P2PSignedHeader,
  verifyHeaderSignature,
} from 'block-fsm'
import type { HistoryStore } from '../ports/history-store.ts'
import type { Page } from './parked-pages.ts'
import { type Acceptance, breathe, type Fault, type RangeTask } from './range-task.ts'

export interface HeaderTaskOptions {
  readonly store: Pick<HistoryStore, 'putHeaders' | 'putClaimedSignatures' | 'putEvidence'>
  readonly from: Height
  readonly to: Height
  /** The anchor at `to`, or the stored header above it. */
  readonly top: Anchor | CommittedHeader
  readonly unixTimeMs: () => number
}

/** Headers downwards, each trusted because the one above names its hash. */
export class HeaderTask implements RangeTask {
  readonly kind = 'header'
  readonly direction = 'down'
  readonly from: Height
  readonly to: Height
  readonly #options: HeaderTaskOptions
  #top: Anchor | CommittedHeader

  constructor(options: HeaderTaskOptions) {
    this.from = options.from
    this.to = options.to
    this.#options = options
    this.#top = options.top
  }

  async accept(page: Page): Promise<Acceptance> {
    const headers: CommittedHeader[] = []
    const claims: ClaimedSignature[] = []
    let fault: Fault | undefined
    for (let height = page.to; height >= page.from && !fault; height--) {
      const item = page.items[height - page.from]!
      const judged = this.#judge(height, item)
      if (judged.fault) {
        fault = judged.fault
        if (judged.signed) await this.#keepEvidence(judged.signed, height, item)
        break
      }
      const { header, signed } = judged
      this.#top = header
      headers.push(header)
      if (signed.signature.length > 0) {
        claims.push({ height, hash: header.hash, signature: signed.signature, signer: signed.signer })
      }
      await breathe(headers.length)
    }
    return { accepted: headers.length, stored: this.#store(headers, claims), ...(fault && { fault }) }
  }

  #judge(
    height: Height,
    item: Uint8Array,
  ):
    | { readonly header: CommittedHeader; readonly signed: P2PSignedHeader; readonly fault?: never }
    | { readonly fault: Fault; readonly signed: P2PSignedHeader | undefined } {
    let signed: P2PSignedHeader | undefined
    try {
      signed = decodeP2PSignedHeader(item)
      const top = this.#top
      const header = isCommitted(top) ? headerBelow(top, signed.header) : headerAtAnchor(top, signed.header)
      return { header, signed }
    } catch (error) {
      if (!(error instanceof BlockError)) throw error
      return { fault: { kind: 'wrong-header', height, reason: error.message, item }, signed }
    }
  }

  /** In one go: the store makes them durable in this order, usually with one fsync. */
  async #store(headers: readonly CommittedHeader[], claims: readonly ClaimedSignature[]): Promise<void> {
    const { store } = this.#options
    if (headers.length === 0) return
    await Promise.all([store.putHeaders(headers), store.putClaimedSignatures(claims)])
  }

  /** A header that the chain's own proposer signed and that is not on the chain is worth more than a ban. */
  async #keepEvidence(signed: P2PSignedHeader, height: Height, bytes: Uint8Array): Promise<void> {
    const top = this.#top
    const { header } = signed
    if (!isCommitted(top) || header.height !== height || header.chainId !== top.header.chainId) return
    if (!equalBytes(header.proposerAddress, top.header.proposerAddress) || !isSigned(signed)) return
    const atMs = this.#options.unixTimeMs()
    await this.#options.store.putEvidence({ kind: 'conflicting-header', height, bytes: Uint8Array.from(bytes), atMs })
  }
}

function isSigned(signed: P2PSignedHeader): boolean {
  try {
    verifyHeaderSignature(signed)
    return true
  } catch (error) {
    if (error instanceof BlockError) return false
    throw error
  }
}
