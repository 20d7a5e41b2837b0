import {
  BlockError,
  type CommittedBlock,
  type CommittedHeader,
  completeBlock,
  decodeP2PData,
  equalBytes,
  type Hash,
  type Height,
  toHex,
} from 'block-fsm'
import { CatchupError } from '../errors.ts'
import type { HistoryStore } from '../ports/history-store.ts'
import type { Page } from './parked-pages.ts'
import { type Acceptance, breathe, type Fault, type RangeTask } from './range-task.ts'
import { storedHeaders } from './stored-headers.ts'

export interface DataTaskOptions {
  readonly store: Pick<HistoryStore, 'range' | 'putBlocks' | 'get'>
  readonly from: Height
  readonly to: Height
  /** `dataHash` of the block below `from`; empty at the chain's first block. */
  readonly lastDataHash: Hash
}

/** Bodies upwards, checked against their header's data hash; metadata is rebuilt and never taken from a peer. */
export class DataTask implements RangeTask {
  readonly kind = 'data'
  readonly direction = 'up'
  readonly from: Height
  readonly to: Height
  readonly #store: DataTaskOptions['store']
  #lastDataHash: Hash

  constructor({ store, from, to, lastDataHash }: DataTaskOptions) {
    this.from = from
    this.to = to
    this.#store = store
    this.#lastDataHash = lastDataHash
  }

  async accept(page: Page): Promise<Acceptance> {
    const headers = await storedHeaders(this.#store, page.from, page.to)
    const blocks: CommittedBlock[] = []
    let fault: Fault | undefined
    for (const [i, header] of headers.entries()) {
      const judged = this.#judge(header, page.items[i]!)
      if ('reason' in judged) {
        fault = judged
        break
      }
      this.#lastDataHash = judged.dataHash
      blocks.push(judged)
      await breathe(blocks.length)
    }
    if (page.from + blocks.length - 1 === this.to) await this.#requireMeeting()
    const stored = blocks.length === 0 ? Promise.resolve() : this.#store.putBlocks(blocks)
    return { accepted: blocks.length, stored, ...(fault && { fault }) }
  }

  #judge(header: CommittedHeader, item: Uint8Array): CommittedBlock | Fault {
    try {
      return completeBlock(header, decodeP2PData(item).txs, this.#lastDataHash)
    } catch (error) {
      if (!(error instanceof BlockError)) throw error
      return { kind: 'wrong-data', height: header.height, reason: error.message, item }
    }
  }

  /** No header covers the link between two blocks' data, so it is compared where the chain meets a whole block. */
  async #requireMeeting(): Promise<void> {
    const above = await this.#store.get(this.to + 1)
    const named = above?.data?.metadata?.lastDataHash
    if (named === undefined || equalBytes(named, this.#lastDataHash)) return
    throw new CatchupError(
      'DATA_CHAIN_BROKEN',
      `data ${this.to + 1} follows ${toHex(named)}, but data ${this.to} is ${toHex(this.#lastDataHash)}; one of them was not made by this chain's rules`,
    )
  }
}
