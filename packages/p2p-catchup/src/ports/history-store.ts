import type { BlockStore, BlockStoreStatus } from 'block-fsm'

/**
 * The committed chain on this node's disk, as far as serving and backfill need it. Every `BlockStore` is one.
 *
 * The intervals in `status` are the cursor of a backfill: an implementation writes them in the same batch as the headers or
 * blocks that they name, so that after a kill they are exactly what is there, and work goes on from them. Anchors accumulate;
 * `putAnchor` removes none and touches no interval.
 */
export interface HistoryStore
  extends Pick<
    BlockStore,
    | 'range'
    | 'get'
    | 'heightOf'
    | 'anchors'
    | 'putAnchor'
    | 'putHeaders'
    | 'putBlocks'
    | 'putSignatures'
    | 'putClaimedSignatures'
    | 'putEvidence'
  > {
  status(): HistoryStatus
}

/** The part of a store's status that is looked at here. */
export type HistoryStatus = Pick<BlockStoreStatus, 'earliest' | 'contiguous' | 'sealed' | 'blocks' | 'headers'>
