import { equalBytes, type Hash, type Height, toHex } from 'block-fsm'
import { DoubleSignError, SignerError } from '../errors.ts'
import type { GuardRecord } from './guard-record.ts'

/** A height and its hash. */
export interface Place {
  readonly height: Height
  readonly hash: Hash
}

/** The rules of the guard over what is recorded. Records are staged first and count once they are durable. */
export class GuardMemory {
  readonly #hashes = new Map<Height, Hash>()
  #mark: Place | undefined
  #floor = 0

  constructor(records: readonly GuardRecord[]) {
    this.take(records)
  }

  get mark(): Place | undefined {
    return this.#mark
  }

  get floor(): Height {
    return this.#floor
  }

  get size(): number {
    return this.#hashes.size
  }

  recorded(height: Height): Hash | undefined {
    return this.#hashes.get(height)
  }

  /** Takes records that are durable. */
  take(records: readonly GuardRecord[]): void {
    for (const { kind, height, hash } of records) {
      if (kind === 'floor') {
        this.#floor = Math.max(this.#floor, height)
        for (const known of this.#hashes.keys()) if (known < height) this.#hashes.delete(known)
      } else {
        this.#hashes.set(height, hash)
        if (this.#mark === undefined || height > this.#mark.height) this.#mark = { height, hash }
      }
    }
  }

  /** Everything that is recorded, ascending, as a new file holds it. */
  records(): GuardRecord[] {
    const heights = [...this.#hashes.keys()].sort((a, b) => a - b)
    const floor: GuardRecord = { kind: 'floor', height: this.#floor, hash: new Uint8Array(32) }
    return [
      floor,
      ...heights.map((height): GuardRecord => ({ kind: 'block', height, hash: this.#hashes.get(height)! })),
    ]
  }
}

/** What a group of calls stages on top of what is recorded. */
export class GuardStaging {
  readonly records: GuardRecord[] = []
  readonly #memory: GuardMemory
  readonly #hashes = new Map<Height, Hash>()
  #mark: Height

  constructor(memory: GuardMemory) {
    this.#memory = memory
    this.#mark = memory.mark?.height ?? -1
  }

  /** Stages places, ascending, all or none. `DOUBLE_SIGN` for another hash, `UNLINKED` for one at or below the mark without a record. */
  record(kind: 'block' | 'anchor', places: readonly Place[]): void {
    let mark = this.#mark
    const fresh: GuardRecord[] = []
    for (const { height, hash } of places) {
      if (this.#isRecorded(height, hash)) continue
      if (height <= mark) throw unlinked(height, `it is not above ${mark}`)
      fresh.push({ kind, height, hash })
      mark = height
    }
    for (const record of fresh) this.#stage(record)
  }

  /** Stages a place below the mark; `child` is one above it, recorded, and names its hash. */
  recordBelow({ height, hash }: Place, child: Place & { readonly parentHash: Hash }): void {
    if (this.#isRecorded(height, hash)) return
    const childHash = this.#hashAt(child.height)
    if (height < this.#memory.floor) throw unlinked(height, `records below ${this.#memory.floor} were dropped`)
    if (child.height !== height + 1 || !childHash) throw unlinked(height, `${height + 1} has no record`)
    if (!equalBytes(childHash, child.hash)) throw unlinked(height, `${child.height} is recorded with another hash`)
    if (!equalBytes(child.parentHash, hash)) throw unlinked(height, `${child.height} names another parent`)
    this.#stage({ kind: 'below', height, hash })
  }

  /** Stages that records below a height are dropped; the mark stays. */
  forgetBelow(height: Height): void {
    const floor = Math.min(height, this.#mark)
    if (floor > this.#memory.floor) this.records.push({ kind: 'floor', height: floor, hash: new Uint8Array(32) })
  }

  #stage(record: GuardRecord): void {
    this.records.push(record)
    this.#hashes.set(record.height, record.hash)
    this.#mark = Math.max(this.#mark, record.height)
  }

  #isRecorded(height: Height, hash: Hash): boolean {
    const known = this.#hashAt(height)
    if (known === undefined) return false
    if (equalBytes(known, hash)) return true
    throw new DoubleSignError({ height, recorded: toHex(known), refused: toHex(hash) })
  }

  #hashAt(height: Height): Hash | undefined {
    return this.#hashes.get(height) ?? this.#memory.recorded(height)
  }
}

function unlinked(height: Height, why: string): SignerError {
  return new SignerError(
    'UNLINKED',
    `height ${height} has no record and ${why}; only a block linked below a recorded one is signed there`,
  )
}
