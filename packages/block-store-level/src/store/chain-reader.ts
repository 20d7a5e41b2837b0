import type {
  BlockReader,
  Evidence,
  Hash,
  Height,
  QuarantinedRange,
  StateRow,
  StoredAnchor,
  StoredRecord,
  TransactionPlace,
} from 'block-fsm'
import { bytesKey, keyNumber, kindRange, prefixRange } from '../disk/keys.ts'
import type { Database } from '../disk/open-database.ts'
import { type Readable, reading } from '../disk/reading.ts'
import { assemble, byHeight } from './block-rows.ts'
import { intervalAt } from './intervals.ts'
import { cursorKey, decodeAnchor, decodeCursor, decodeEvidence } from './notes.ts'
import { decodeQuarantined } from './quarantine.ts'
import { damaged, decodeRow, decodeStateRow, partKey, stateKey } from './rows.ts'
import type { Standing } from './standing.ts'

/** Reads what the standing says is there, so that rows on their way to quarantine do not show. */
export class ChainReader implements Omit<BlockReader, 'status'> {
  readonly #database: Database
  readonly #source: Readable & { readonly state: Standing }

  constructor(database: Database, source: Readable & { readonly state: Standing }) {
    this.#database = database
    this.#source = source
  }

  async get(height: Height, signal?: AbortSignal): Promise<StoredRecord | undefined> {
    const records = await this.range(height, height, 0, signal)
    return records[0]
  }

  async heightOf(hash: Hash, signal?: AbortSignal): Promise<Height | undefined> {
    const stored = await this.#read(signal, () => this.#database.get(bytesKey('i', hash)))
    const height = stored && keyNumber(stored)
    return height !== undefined && intervalAt(this.#source.state.headers, height) ? height : undefined
  }

  async range(from: Height, to: Height, limitBytes: number, signal?: AbortSignal): Promise<readonly StoredRecord[]> {
    const records = await this.#read(signal, () => this.#gather(from, to, limitBytes, signal))
    // Rows may have gone to quarantine between; then they are not part of the chain any more.
    if (records.length === 0 && to >= from && intervalAt(this.#source.state.headers, from)) throw damaged(from)
    return records
  }

  async state(height: Height, signal?: AbortSignal): Promise<StateRow | undefined> {
    const key = stateKey(height)
    const record = await this.#read(signal, async () => {
      return height > this.#source.state.executed ? undefined : this.#database.get(key)
    })
    return record && decodeRow(height, key, record, (value) => decodeStateRow(height, value))
  }

  async findTransaction(hash: Hash, signal?: AbortSignal): Promise<readonly TransactionPlace[]> {
    const keys = await this.#read(signal, () => this.#database.keys(prefixRange(bytesKey('t', hash))).all())
    const places: TransactionPlace[] = []
    for (const key of keys) {
      const height = keyNumber(key, 1 + hash.length)
      const index = keyNumber(key, 9 + hash.length)
      const result = (await this.state(height, signal))?.results[index]
      if (result) places.push({ height, index, result })
    }
    return places
  }

  async cursor(name: string, signal?: AbortSignal): Promise<number> {
    const key = cursorKey(name)
    return decodeCursor(key, await this.#read(signal, () => this.#database.get(key)))
  }

  async anchors(signal?: AbortSignal): Promise<readonly StoredAnchor[]> {
    const rows = await this.#rows('a', signal)
    return rows.map(([key, record]) => decodeAnchor(keyNumber(key), key, record)).reverse()
  }

  async evidence(signal?: AbortSignal): Promise<readonly Evidence[]> {
    return (await this.#rows('e', signal)).map(([key, record]) => decodeEvidence(key, record))
  }

  async quarantined(signal?: AbortSignal): Promise<readonly QuarantinedRange[]> {
    return (await this.#rows('q', signal)).map(([key, record]) => decodeQuarantined(key, record))
  }

  async #gather(
    from: Height,
    to: Height,
    limitBytes: number,
    signal: AbortSignal | undefined,
  ): Promise<StoredRecord[]> {
    const records: StoredRecord[] = []
    // Taken in one turn with the iterator's snapshot, so what it promises must be among the rows.
    const { headers, blocks, signed } = this.#source.state
    const interval = intervalAt(headers, from)
    if (interval === undefined || to < from) return records
    const range = { gte: partKey(from, 0), lte: partKey(Math.min(to, interval.to), 0xff) }
    let sum = 0
    for await (const [height, rows] of byHeight(this.#database.iterator(range))) {
      signal?.throwIfAborted()
      if (height !== from + records.length) return records
      const { record, bytes } = assemble(height, rows)
      if (record.data === undefined && intervalAt(blocks, height)) throw damaged(height)
      if (!record.signature?.isVerified && intervalAt(signed, height)) throw damaged(height)
      sum += bytes
      if (records.length > 0 && sum > limitBytes) return records
      records.push(record)
      if (sum >= limitBytes) return records
    }
    return records
  }

  async #rows(kind: string, signal: AbortSignal | undefined): Promise<[Uint8Array, Uint8Array][]> {
    return this.#read(signal, () => this.#database.iterator(kindRange(kind)).all())
  }

  #read<Result>(signal: AbortSignal | undefined, action: () => Promise<Result>): Promise<Result> {
    return reading(this.#source, signal, action)
  }
}
