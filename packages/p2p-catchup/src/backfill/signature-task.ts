import {
  BlockError,
  type CommittedHeader,
  decodeP2PSignedHeader,
  equalBytes,
  type HeaderSignature,
  type Height,
  type P2PSignedHeader,
  headerHash,
  type VerifyBatch,
  verifySignatures,
} from 'block-fsm'
import type { HistoryStore } from '../ports/history-store.ts'
import type { Page } from './parked-pages.ts'
import type { Acceptance, Fault, RangeTask } from './range-task.ts'
import { storedHeaders } from './stored-headers.ts'

export interface SignatureTaskOptions {
  readonly store: Pick<HistoryStore, 'range' | 'putSignatures'>
  readonly from: Height
  readonly to: Height
  readonly verifyBatch: VerifyBatch
}

/** Signatures of headers that are stored without a good one; verified before anything of them is kept. */
export class SignatureTask implements RangeTask {
  readonly kind = 'header'
  readonly direction = 'up'
  readonly from: Height
  readonly to: Height
  readonly #options: SignatureTaskOptions

  constructor(options: SignatureTaskOptions) {
    this.from = options.from
    this.to = options.to
    this.#options = options
  }

  async accept(page: Page): Promise<Acceptance> {
    const { store, verifyBatch } = this.#options
    const headers = await storedHeaders(store, page.from, page.to)
    const claims: { block: CommittedHeader; signature: Uint8Array; signer: P2PSignedHeader['signer'] }[] = []
    let fault: Fault | undefined
    for (const [i, block] of headers.entries()) {
      const claimed = claimOf(block, page.items[i]!)
      if ('reason' in claimed) {
        fault = claimed
        break
      }
      claims.push({ block, signature: claimed.signature, signer: claimed.signer })
    }
    const verified = await verifySignatures(claims, verifyBatch)
    const bad = verified.indexOf(undefined)
    const good = verified.slice(0, bad === -1 ? verified.length : bad) as HeaderSignature[]
    if (bad !== -1) fault = badSignature(page.from + bad, page.items[bad]!)
    const stored = good.length === 0 ? Promise.resolve() : store.putSignatures(good)
    return { accepted: good.length, stored, ...(fault && { fault }) }
  }
}

function claimOf(block: CommittedHeader, item: Uint8Array): P2PSignedHeader | Fault {
  const { height } = block
  try {
    const signed = decodeP2PSignedHeader(item)
    if (equalBytes(headerHash(signed.header), block.hash)) return signed
    return { kind: 'wrong-header', height, reason: `not the header of block ${height}`, item }
  } catch (error) {
    if (!(error instanceof BlockError)) throw error
    return { kind: 'wrong-header', height, reason: error.message, item }
  }
}

function badSignature(height: Height, item: Uint8Array): Fault {
  return { kind: 'wrong-signature', height, reason: `the signature of header ${height} does not fit it`, item }
}
