import type {
  Anchor,
  BlockStore,
  BlockStoreStatus,
  ClaimedSignature,
  CommittedBlock,
  CommittedHeader,
  Evidence,
  ExecutedBlock,
  Hash,
  HeaderSignature,
  Height,
  QuarantinedRange,
  StateRow,
  StoredAnchor,
  StoredRecord,
  TransactionPlace,
} from 'block-fsm'
import { GroupWriter } from '../disk/group-writer.ts'
import type { Database } from '../disk/open-database.ts'
import { ChainReader } from './chain-reader.ts'
import { putAnchor, putCursors, putEvidence } from './notes.ts'
import { putBlocks, putHeaders } from './put-chain.ts'
import { putExecution } from './put-execution.ts'
import { putClaims, putSignatures } from './put-signatures.ts'
import { moveRows, quarantine } from './quarantine.ts'
import { manage, startAt } from './settle.ts'
import { type Standing, standingRow, statusOf } from './standing.ts'

/** A `BlockStore`, and which cluster manages it. */
export interface LevelBlockStore extends BlockStore {
  /** Undefined until {@link manage}. */
  readonly clusterId: string | undefined

  /** Stamps the store for a cluster, durably; one of another cluster is `FOREIGN_CLUSTER`. */
  manage(clusterId: string, signal?: AbortSignal): Promise<void>
}

export interface StoreLimits {
  readonly queueLimitBytes: number
  readonly evidenceLimitBytes: number
}

/** About what a small record costs in memory while it waits. */
const smallBytes = 256

/** The store over an open database. Each method is one operation of the writer, or a read. */
export class StoreOverLevel implements LevelBlockStore {
  readonly #database: Database
  readonly #limits: StoreLimits
  readonly #writer: GroupWriter<Standing>
  readonly #reader: ChainReader

  constructor(database: Database, standing: Standing, limits: StoreLimits) {
    this.#database = database
    this.#limits = limits
    this.#writer = new GroupWriter({
      database,
      name: 'the block store',
      state: standing,
      stateRow: standingRow,
      queueLimitBytes: limits.queueLimitBytes,
    })
    this.#reader = new ChainReader(database, this.#writer)
  }

  get clusterId(): string | undefined {
    return this.#writer.state.clusterId
  }

  status(): BlockStoreStatus {
    return statusOf(this.#writer.state)
  }

  putBlocks(blocks: readonly CommittedBlock[], signal?: AbortSignal): Promise<void> {
    const bytes = blocks.reduce((sum, block) => sum + block.headerBytes.length + block.dataBytes.length, 0)
    return this.#writer.run(bytes, (staging) => putBlocks(staging, blocks), signal)
  }

  putHeaders(headers: readonly CommittedHeader[], signal?: AbortSignal): Promise<void> {
    const ascending = [...headers].sort((a, b) => a.height - b.height)
    const bytes = headers.reduce((sum, { headerBytes }) => sum + headerBytes.length, 0)
    return this.#writer.run(bytes, (staging) => putHeaders(staging, ascending), signal)
  }

  putSignatures(signatures: readonly HeaderSignature[], signal?: AbortSignal): Promise<void> {
    return this.#writer.run(signatures.length * smallBytes, (staging) => putSignatures(staging, signatures), signal)
  }

  putClaimedSignatures(claims: readonly ClaimedSignature[], signal?: AbortSignal): Promise<void> {
    return this.#writer.run(claims.length * smallBytes, (staging) => putClaims(staging, claims), signal)
  }

  putExecution(
    blocks: readonly ExecutedBlock[],
    cursors: Readonly<Record<string, number>> = {},
    signal?: AbortSignal,
  ): Promise<void> {
    const transactions = blocks.reduce((sum, { block }) => sum + block.data.txs.length + 1, 1)
    return this.#writer.run(transactions * smallBytes, (staging) => putExecution(staging, blocks, cursors), signal)
  }

  putCursors(cursors: Readonly<Record<string, number>>, signal?: AbortSignal): Promise<void> {
    return this.#writer.run(smallBytes, (staging) => putCursors(staging, cursors), signal)
  }

  putAnchor(anchor: Anchor, signal?: AbortSignal): Promise<void> {
    return this.#writer.run(smallBytes, (staging) => putAnchor(staging, anchor), signal)
  }

  putEvidence(evidence: Evidence, signal?: AbortSignal): Promise<void> {
    const { evidenceLimitBytes } = this.#limits
    return this.#writer.run(
      evidence.bytes.length + smallBytes,
      (staging) => putEvidence(staging, evidence, evidenceLimitBytes),
      signal,
    )
  }

  quarantine(from: Height, reason: string, signal?: AbortSignal): Promise<void> {
    return this.#writer.runAlone(
      (staging, commit) => quarantine(staging, this.#database, { from, reason }, commit),
      signal,
    )
  }

  startAt(earliest: Height, rootBefore: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.#writer.run(smallBytes, (staging) => startAt(staging, earliest, rootBefore), signal)
  }

  manage(clusterId: string, signal?: AbortSignal): Promise<void> {
    return this.#writer.run(smallBytes, (staging) => manage(staging, clusterId), signal)
  }

  /** Finishes what a crash left of a quarantine. */
  recover(): Promise<void> {
    return this.#writer.runAlone((staging, commit) => moveRows(staging, this.#database, commit))
  }

  async close(): Promise<void> {
    await this.#writer.close()
    await this.#database.close()
  }

  get(height: Height, signal?: AbortSignal): Promise<StoredRecord | undefined> {
    return this.#reader.get(height, signal)
  }

  heightOf(hash: Hash, signal?: AbortSignal): Promise<Height | undefined> {
    return this.#reader.heightOf(hash, signal)
  }

  range(from: Height, to: Height, limitBytes: number, signal?: AbortSignal): Promise<readonly StoredRecord[]> {
    return this.#reader.range(from, to, limitBytes, signal)
  }

  state(height: Height, signal?: AbortSignal): Promise<StateRow | undefined> {
    return this.#reader.state(height, signal)
  }

  findTransaction(hash: Hash, signal?: AbortSignal): Promise<readonly TransactionPlace[]> {
    return this.#reader.findTransaction(hash, signal)
  }

  cursor(name: string, signal?: AbortSignal): Promise<number> {
    return this.#reader.cursor(name, signal)
  }

  anchors(signal?: AbortSignal): Promise<readonly StoredAnchor[]> {
    return this.#reader.anchors(signal)
  }

  evidence(signal?: AbortSignal): Promise<readonly Evidence[]> {
    return this.#reader.evidence(signal)
  }

  quarantined(signal?: AbortSignal): Promise<readonly QuarantinedRange[]> {
    return this.#reader.quarantined(signal)
  }
}
