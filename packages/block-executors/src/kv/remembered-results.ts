import type { Height } from 'block-fsm'
import type { Database } from '../disk/open-database.ts'
import type { Change } from '../disk/write-behind.ts'
import { decodeRemembered, encodeRemembered, type Remembered, resultKey } from './rows.ts'

/**
 * What execution gave at the newest heights. Whoever stores results may lose some in a crash that this state survived, and asks
 * for these blocks again.
 */
export class RememberedResults {
  readonly #limitBytes: number
  readonly #rows = new Map<Height, Buffer>()
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  static async load(database: Database, limitBytes: number): Promise<RememberedResults> {
    const results = new RememberedResults(limitBytes)
    for await (const [key, value] of database.iterator({ gte: Buffer.from('r'), lt: Buffer.from('s') })) {
      const height = Number(Buffer.from(key).readBigUInt64BE(1))
      results.#rows.set(height, Buffer.from(value))
      results.#bytes += value.length
    }
    return results
  }

  get(height: Height): Remembered | undefined {
    const row = this.#rows.get(height)
    return row && decodeRemembered(row)
  }

  /** Remembers a height above all others; the oldest make room, but never the newest. */
  add(height: Height, remembered: Remembered): Change[] {
    const row = encodeRemembered(remembered)
    this.#rows.set(height, row)
    this.#bytes += row.length
    const changes: Change[] = [{ key: resultKey(height), value: row }]
    for (const [oldest, { length }] of this.#rows) {
      if (this.#bytes <= this.#limitBytes || oldest === height) break
      this.#rows.delete(oldest)
      this.#bytes -= length
      changes.push({ key: resultKey(oldest), value: undefined })
    }
    return changes
  }

  /** What removes everything from the disk. */
  removals(): Change[] {
    return [...this.#rows.keys()].map((height) => ({ key: resultKey(height), value: undefined }))
  }

  /** Forgets everything, for a state that was made elsewhere. */
  clear(): void {
    this.#rows.clear()
    this.#bytes = 0
  }
}
