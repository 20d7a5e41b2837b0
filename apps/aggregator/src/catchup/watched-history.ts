import type { BlockStore } from 'block-fsm'
import type { HistoryStore } from 'p2p-catchup'

/** The part of a block store that backfill works on; `onWritten` is called after each write that brings the chain forward. */
export function watchedHistory(store: BlockStore, onWritten: () => void): HistoryStore {
  const told = async (write: Promise<void>): Promise<void> => {
    await write
    onWritten()
  }
  return {
    status: () => store.status(),
    range: (from, to, limitBytes, signal) => store.range(from, to, limitBytes, signal),
    get: (height, signal) => store.get(height, signal),
    heightOf: (hash, signal) => store.heightOf(hash, signal),
    anchors: (signal) => store.anchors(signal),
    putAnchor: (anchor, signal) => store.putAnchor(anchor, signal),
    putHeaders: (headers, signal) => store.putHeaders(headers, signal),
    putBlocks: (blocks, signal) => told(store.putBlocks(blocks, signal)),
    putSignatures: (signatures, signal) => told(store.putSignatures(signatures, signal)),
    putClaimedSignatures: (claims, signal) => store.putClaimedSignatures(claims, signal),
    putEvidence: (evidence, signal) => store.putEvidence(evidence, signal),
  }
}
