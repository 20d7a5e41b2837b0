import {
  type Anchor,
  type ClaimedSignature,
  type CommittedBlock,
  type CommittedHeader,
  type Data,
  type Evidence,
  type HeaderSignature,
  type Height,
  type Interval,
  type StoredAnchor,
  type StoredRecord,
  type StoredSignature,
  encodeData,
  encodeHeader,
  equalBytes,
  toHex,
} from 'block-fsm'
import { intervalAt, withInterval } from '../intervals.ts'
import type { HistoryStatus, HistoryStore } from '../ports/history-store.ts'

interface Row {
  readonly header: CommittedHeader
  readonly data?: Data
  readonly signature?: StoredSignature
}

/** What `MemoryHistoryStore` throws; its codes are those of `BlockStore`. */
export class MemoryStoreError extends Error {
  readonly code: 'CONFLICT' | 'NOT_STORED'

  constructor(code: 'CONFLICT' | 'NOT_STORED', message: string) {
    super(message)
    this.name = 'MemoryStoreError'
    this.code = code
  }
}

/** A `HistoryStore` in memory, for tests and experiments: nothing bounds what it holds. */
export class MemoryHistoryStore implements HistoryStore {
  readonly #earliest: Height
  readonly #rows = new Map<Height, Row>()
  readonly #heights = new Map<string, Height>()
  readonly #anchors = new Map<Height, StoredAnchor>()
  #headers: readonly Interval[] = []
  #blocks: readonly Interval[] = []
  #signed: readonly Interval[] = []
  /** What was kept, oldest first. */
  readonly evidence: Evidence[] = []

  constructor(earliest: Height = 1) {
    this.#earliest = earliest
  }

  status(): HistoryStatus {
    const earliest = this.#earliest
    const contiguous = intervalAt(this.#blocks, earliest)?.to ?? earliest - 1
    const sealed = Math.min(contiguous, intervalAt(this.#signed, earliest)?.to ?? earliest - 1)
    return { earliest, contiguous, sealed, blocks: this.#blocks, headers: this.#headers }
  }

  async get(height: Height): Promise<StoredRecord | undefined> {
    const row = this.#rows.get(height)
    return row && { height, hash: row.header.hash, header: row.header.header, data: row.data, signature: row.signature }
  }

  async heightOf(hash: Uint8Array): Promise<Height | undefined> {
    return this.#heights.get(toHex(hash))
  }

  async range(from: Height, to: Height, limitBytes: number): Promise<readonly StoredRecord[]> {
    const records: StoredRecord[] = []
    let bytes = 0
    for (let height = from; height <= to && (bytes < limitBytes || records.length === 0); height++) {
      const record = await this.get(height)
      if (record === undefined) break
      records.push(record)
      bytes += encodeHeader(record.header).length + (record.data ? encodeData(record.data).length : 0)
    }
    return records
  }

  async anchors(): Promise<readonly StoredAnchor[]> {
    return [...this.#anchors.values()].sort((a, b) => b.height - a.height)
  }

  async putAnchor({ height, hash, source }: Anchor): Promise<void> {
    const known = this.#anchors.get(height)
    if (known && !equalBytes(known.hash, hash)) throw conflict(height)
    this.#anchors.set(height, { height, hash, source })
  }

  async putHeaders(headers: readonly CommittedHeader[]): Promise<void> {
    const ascending = [...headers].sort((a, b) => a.height - b.height)
    for (const header of ascending) this.#requireFit(header)
    for (const header of ascending) {
      this.#rows.set(header.height, { ...this.#rows.get(header.height), header })
      this.#heights.set(toHex(header.hash), header.height)
    }
    this.#headers = withRuns(this.#headers, ascending)
  }

  async putBlocks(blocks: readonly CommittedBlock[]): Promise<void> {
    await this.putHeaders(blocks)
    for (const block of blocks) {
      this.#rows.set(block.height, { ...this.#row(block), data: block.data })
    }
    this.#blocks = withRuns(this.#blocks, blocks)
  }

  async putSignatures(signatures: readonly HeaderSignature[]): Promise<void> {
    for (const { height, hash, signature, signer } of signatures) {
      this.#rows.set(height, { ...this.#row({ height, hash }), signature: { signature, signer, isVerified: true } })
    }
    this.#signed = withRuns(this.#signed, signatures)
  }

  async putClaimedSignatures(claims: readonly ClaimedSignature[]): Promise<void> {
    for (const { height, hash, signature, signer } of claims) {
      const row = this.#row({ height, hash })
      if (row.signature?.isVerified) continue
      this.#rows.set(height, { ...row, signature: { signature, signer, isVerified: false } })
    }
  }

  async putEvidence(evidence: Evidence): Promise<void> {
    this.evidence.push(evidence)
  }

  #row({ height, hash }: { readonly height: Height; readonly hash: Uint8Array }): Row {
    const row = this.#rows.get(height)
    if (row && equalBytes(row.header.hash, hash)) return row
    throw new MemoryStoreError('NOT_STORED', `another block, or none, is stored at height ${height}`)
  }

  #requireFit({ height, hash, header }: CommittedHeader): void {
    const known = this.#rows.get(height)
    const below = this.#rows.get(height - 1)
    const above = this.#rows.get(height + 1)
    if (known && !equalBytes(known.header.hash, hash)) throw conflict(height)
    if (below && !equalBytes(below.header.hash, header.lastHeaderHash)) throw conflict(height)
    if (above && !equalBytes(above.header.header.lastHeaderHash, hash)) throw conflict(height)
  }
}

/** The intervals with the given heights added, run by run. */
function withRuns(intervals: readonly Interval[], added: readonly { readonly height: Height }[]): readonly Interval[] {
  let result = intervals
  let first = 0
  for (const [i, { height }] of added.entries()) {
    if (added[i + 1]?.height === height + 1) continue
    result = withInterval(result, added[first]!.height, height)
    first = i + 1
  }
  return result
}

function conflict(height: Height): MemoryStoreError {
  return new MemoryStoreError('CONFLICT', `another block is known at height ${height}; one of them is of another chain`)
}
