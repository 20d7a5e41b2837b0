import type { Server } from './configuration.ts'
import type { Incarnation, ServerId } from './types.ts'

/** A Raft directory's identity, and which of its starts this is. */
export interface Identity {
  readonly id: ServerId
  readonly incarnation: Incarnation
  /** 1 at the first start of the directory, one more at each later one. */
  readonly bootCounter: number
  /** 16 hex digits, drawn at each start: tells a copied directory from a restarted one. */
  readonly bootNonce: string
}

/** Promised: durable here, not yet known to be durable everywhere. Founded: the cluster exists. */
export type FoundingStage = 'promised' | 'founded'

/** What all founders agreed on; it is the configuration at log index 0. */
export interface FoundingRecord {
  readonly chainId: string
  /** Hex SHA-256 of the genesis. */
  readonly genesisHash: string
  /** Sorted by id; all voters. */
  readonly servers: readonly Server[]
  /** Hex SHA-256 of the canonical encoding of the three fields above. */
  readonly clusterId: string
  readonly stage: FoundingStage
  readonly epoch: number
}
