import type { BlockStore } from 'block-fsm'
import type { HistoryStore } from 'p2p-catchup'
import type { CatchUpMetrics } from '../observe/metrics/catch-up-metrics.ts'

export interface Watch {
  /** Called after each write that brings the chain forward. */
  readonly onWritten: () => void
  /** Where fetched headers and blocks are counted. */
  readonly metrics: Pick<CatchUpMetrics, 'fetched'> | undefined
}

/** The part of a block store that backfill works on, watched. */
export function watchedHistory(store: BlockStore, { onWritten, metrics }: Watch): HistoryStore {
  return {
    status: () => store.status(),
    range: (from, to, limitBytes, signal) => store.range(from, to, limitBytes, signal),
    get: (height, signal) => store.get(height, signal),
    heightOf: (hash, signal) => store.heightOf(hash, signal),
    anchors: (signal) => store.anchors(signal),
    putAnchor: (anchor, signal) => store.putAnchor(anchor, signal),
    async putHeaders(headers, signal) {
      await store.putHeaders(headers, signal)
      metrics?.fetched(
        'header',
        headers.length,
        sum(headers, ({ headerBytes }) => headerBytes.length),
      )
    },
    async putBlocks(blocks, signal) {
      await store.putBlocks(blocks, signal)
      metrics?.fetched(
        'data',
        blocks.length,
        sum(blocks, ({ dataBytes }) => dataBytes.length),
      )
      onWritten()
    },
    async putSignatures(signatures, signal) {
      await store.putSignatures(signatures, signal)
      onWritten()
    },
    putClaimedSignatures: (claims, signal) => store.putClaimedSignatures(claims, signal),
    putEvidence: (evidence, signal) => store.putEvidence(evidence, signal),
  }
}

function sum<Item>(items: readonly Item[], bytesOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + bytesOf(item), 0)
}
