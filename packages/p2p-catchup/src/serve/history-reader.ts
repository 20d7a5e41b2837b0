import { encodeP2PData, encodeP2PSignedHeader, type Height, type StoredRecord } from 'block-fsm'
import type { HistoryStore } from '../ports/history-store.ts'
import type { HistoryQuestion } from '../protocol/messages.ts'
import type { HistoryKind } from '../protocol/protocol-ids.ts'

/** DA height where an item may be found, 0n when not known. */
export type DaHeightHint = (kind: HistoryKind, height: Height) => bigint

/** Heights to serve, both included. */
export interface ServedRange {
  readonly from: Height
  readonly to: Height
}

/**
 * What may be served: the contiguous prefix whose blocks and verified signatures are there. A node with a gap serves what is
 * below it, and nothing above.
 */
export class HistoryReader {
  readonly #store: Pick<HistoryStore, 'status' | 'range' | 'heightOf'>
  readonly #hint: DaHeightHint

  constructor(store: Pick<HistoryStore, 'status' | 'range' | 'heightOf'>, hint: DaHeightHint) {
    this.#store = store
    this.#hint = hint
  }

  /** The part of the question that can be answered; undefined when its first height cannot. */
  async resolve(kind: HistoryKind, question: HistoryQuestion, signal: AbortSignal): Promise<ServedRange | undefined> {
    switch (question.by) {
      case 'head':
        return this.#served(this.#store.status().sealed, 1)
      case 'height':
        return this.#served(question.from, question.amount)
      case 'hash': {
        // Nothing here finds data by its hash, and go-header asks for none but in-memory ones.
        const height = kind === 'header' ? await this.#store.heightOf(question.hash, signal) : undefined
        return height === undefined ? undefined : this.#served(height, 1)
      }
    }
  }

  /** Encoded items from `from` upwards, at least one, until about `limitBytes`; none when the store has them no more. */
  async read(
    kind: HistoryKind,
    { from, to }: ServedRange,
    limitBytes: number,
    signal: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    const records = await this.#store.range(from, to, limitBytes, signal)
    const items: Uint8Array[] = []
    for (const record of records) {
      const item = this.#encode(kind, record)
      if (item === undefined) break
      items.push(item)
    }
    return items
  }

  #served(from: Height, amount: number): ServedRange | undefined {
    const { earliest, sealed } = this.#store.status()
    if (from < earliest || from > sealed) return undefined
    return { from, to: Math.min(from + amount - 1, sealed) }
  }

  #encode(kind: HistoryKind, { height, header, data, signature }: StoredRecord): Uint8Array | undefined {
    const daHeightHint = this.#hint(kind, height)
    if (kind === 'data') return data && encodeP2PData({ ...data, daHeightHint })
    if (!signature?.isVerified) return undefined
    return encodeP2PSignedHeader({ header, signature: signature.signature, signer: signature.signer, daHeightHint })
  }
}
