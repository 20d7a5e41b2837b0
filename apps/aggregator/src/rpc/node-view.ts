/** What the HTTP surface asks of a node. Documents are as they go out: snake case, hashes in hex, bytes in base64. */
export interface NodeView {
  /** Undefined when the process does its work; otherwise what is wrong with it. */
  whyNotAlive(): string | undefined
  /** Undefined when the node is fit for its role; otherwise why not. */
  whyNotReady(): string | undefined
  raftNode(): RaftNodeDocument
  status(): StatusDocument
  block(height: number | 'latest', signal: AbortSignal): Promise<BlockDocument | undefined>
  submit(transaction: SubmittedTransaction, signal: AbortSignal): Promise<SubmissionDocument>
  transaction(hash: Uint8Array, signal: AbortSignal): Promise<TransactionDocument | undefined>
  /** The value of a key after the last executed block. */
  readKey(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>
}

export interface RaftNodeDocument {
  readonly is_leader: boolean
  readonly node_id: string
  readonly role: string
  readonly term: number
  readonly leader_id: string
}

export interface StatusDocument {
  readonly node_id: string
  readonly chain_id: string
  readonly role: string
  readonly term: number
  readonly leader_id: string
  readonly commit_index: number
  readonly applied_index: number
  readonly last_log_index: number
  readonly snapshot_index: number
  /** Of the executed and sealed prefix. */
  readonly height: number
  readonly hash: string
  /** Of the replicated state: the newest committed block. */
  readonly tip_height: number
  readonly tip_hash: string
  readonly producing: boolean
  /** RFC 3339 with nanoseconds, of the tip; empty before the first block. */
  readonly block_time: string
  readonly block_interval_ms: number
  readonly ready: boolean
  readonly not_ready_reason: string
  readonly backfill: BackfillDocument
  readonly peers: readonly PeerDocument[]
}

export interface BackfillDocument {
  readonly active: boolean
  readonly from: number
  readonly to: number
  readonly done: number
  readonly blocks_per_s: number
  readonly eta_s: number
  /** Why history does not come, empty when it does or none is missing. */
  readonly stuck_reason: string
}

export interface PeerDocument {
  readonly id: string
  readonly address: string
  readonly suffrage: string
  readonly match_index: number
  readonly last_contact_ms: number
}

export interface BlockDocument {
  readonly height: number
  readonly hash: string
  readonly parent_hash: string
  readonly time: string
  readonly app_hash: string
  readonly data_hash: string
  readonly proposer: string
  readonly signature: string
  readonly txs: readonly { readonly hash: string; readonly data: string }[]
}

export interface SubmittedTransaction {
  readonly bytes: Uint8Array
  readonly idempotencyKey: string | undefined
  /** Wait until it is decided, instead of until it is durable here. */
  readonly waitForCommit: boolean
}

export interface SubmissionDocument {
  readonly hash: string
  /** Of the block that holds it; only when the client waited. */
  readonly height?: number
}

export interface TransactionDocument {
  readonly hash: string
  readonly state: 'pending' | 'committed' | 'dropped' | 'decided'
  readonly height?: number
  readonly index?: number
  /** Whether the executor took it; only when executed. */
  readonly ok?: boolean
  /** Of a dropped one, or of one that the executor refused. */
  readonly reason?: string
}
