import type { BlockStoreStatus, Hash, Height } from 'block-fsm'

/** What lies on the disk of a node when it starts, as far as its parts must fit together. */
export interface StartFacts {
  readonly chainId: string
  /** Hex SHA-256 of the genesis. */
  readonly genesisHash: string
  readonly initialHeight: Height
  readonly raft: RaftFacts
  readonly store: StoreFacts
  /** Undefined when there is none, or one that nothing was ever written to. */
  readonly guard: GuardFacts | undefined
  /** False on a member without the proposer's key, which keeps no guard. */
  readonly keepsGuard: boolean
  readonly executor: ExecutorFacts
}

/** A height and the hash of the block there. */
export interface Place {
  readonly height: Height
  readonly hash: Hash
}

export interface RaftFacts {
  /** The cluster that this directory belongs to; undefined before one is founded. */
  readonly founding: FoundingFacts | undefined
  /** Tip of the newest snapshot; undefined when there is none, or one of before the first block. */
  readonly snapshotTip: Place | undefined
  /** Undefined while the log is not open yet: what needs it is not compared then. */
  readonly log: LogFacts | undefined
  /** Nobody but this node votes, so that nothing was ever committed that its own log did not hold. */
  readonly isSoleVoter: boolean
}

export interface FoundingFacts {
  readonly clusterId: string
  readonly chainId: string
  readonly genesisHash: string
}

export interface LogFacts {
  /** Height of the last block in the log, decided or not; undefined when none of its entries is one. */
  readonly lastBlock: Height | undefined
  /** Entries that a node may apply beyond what its own log has on disk. */
  readonly appliedAheadEntries: number
}

export interface StoreFacts {
  readonly status: BlockStoreStatus
  /** Undefined until a cluster managed it. */
  readonly clusterId: string | undefined
  /** Hash in the store at the height of the snapshot's tip; undefined when the store has none. */
  readonly atSnapshotTip: Hash | undefined
  /** Hash in the store at the height of the guard's mark; undefined when the store has none. */
  readonly atGuardMark: Hash | undefined
}

export interface GuardFacts {
  readonly chainId: string
  readonly clusterId: string
  /** Highest recorded height; undefined before the first. */
  readonly mark: Place | undefined
}

export interface ExecutorFacts {
  readonly height: Height
  readonly stateRoot: Uint8Array
  /** Root that the block store keeps for that height; undefined when it has none. */
  readonly rootInStore: Uint8Array | undefined
}
