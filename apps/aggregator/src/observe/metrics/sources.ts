import type { BlockFsm, BlockStore, TransactionJournal, Verdict } from 'block-fsm'
import type { RaftNode } from 'raft-core'

/** Where the metrics of a node are read from, at each scrape. Functions answer undefined while their part is not there yet. */
export interface MetricSources {
  readonly raft: Pick<RaftNode<Verdict>, 'status' | 'on'>
  readonly fsm: Pick<BlockFsm, 'state' | 'blocks'>
  readonly store: Pick<BlockStore, 'status'>
  readonly journal: () => Pick<TransactionJournal, 'id' | 'firstSequence' | 'lastSequence'> | undefined
  readonly service: () => ServiceState | undefined
  /** Fit for its role, as `/health/ready` says. */
  readonly isReady: () => boolean
  readonly catchUp: () => CatchUpState | undefined
}

/** The part of a block service that is read. */
export interface ServiceState {
  readonly pipeline: {
    /** Committed blocks that are not executed and sealed yet. */
    readonly lag: number
    /** Why blocks are not executed now. */
    readonly problem: string | undefined
    /** Next height that the log brings to the store; what is missing below is history. */
    readonly nextToStore: number
  }
  readonly leadership: {
    readonly isProducing: boolean
  }
}

/** The part of catch-up that is read. */
export interface CatchUpState {
  /** p2p peers that are connected now. */
  readonly connected: number
  progress(): {
    readonly active: boolean
    readonly blocksPerSecond: number
    readonly etaSeconds: number | undefined
    /** Why nothing goes on. */
    readonly stalled: string | undefined
  }
}
