import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Anchor, CommittedHeader, DoubleSignGuard, Hash, Height } from 'block-fsm'
import { equalBytes, toHex } from 'block-fsm'
import { ClassicLevel } from 'classic-level'
import { SignerError } from '../errors.ts'

export interface GuardOptions {
  /** Directory of the guard alone; made if it is not there. */
  readonly directory: string
  readonly chainId: string
  /** Hex. Stamped at the first opening; a guard of another cluster is refused. */
  readonly clusterId: string
  /** Where evidence of a second hash is written to as well. */
  readonly onEvidence?: (evidence: GuardEvidence) => void
}

/** Two hashes for one height. */
export interface GuardEvidence {
  readonly height: Height
  readonly recorded: string
  readonly refused: string
}

type Database = ClassicLevel<Uint8Array, Uint8Array>

const stampKey = Buffer.from('mstamp')
const hashBytes = 32

/** Opens a `DoubleSignGuard` on LevelDB: one synced write before a block's first signature. */
export async function openGuard(options: GuardOptions): Promise<DoubleSignGuard> {
  const database: Database = new ClassicLevel(join(options.directory), { keyEncoding: 'view', valueEncoding: 'view' })
  try {
    await database.open()
  } catch (cause) {
    const isLocked =
      cause instanceof Error &&
      cause.cause instanceof Error &&
      'code' in cause.cause &&
      cause.cause.code === 'LEVEL_LOCKED'
    if (isLocked) {
      throw new SignerError('GUARD_LOCKED', `${options.directory} is held by another process; stop it first`, { cause })
    }
    throw new SignerError('STORAGE_FAILED', `the guard in ${options.directory} cannot be opened; look at the disk`, {
      cause,
    })
  }
  try {
    await checkStamp(database, options)
    return new LevelGuard(database, await readRecords(database), options)
  } catch (error) {
    await database.close()
    throw error
  }
}

class LevelGuard implements DoubleSignGuard {
  readonly #database: Database
  readonly #hashes: Map<Height, Hash>
  readonly #options: GuardOptions
  #mark: Height | undefined
  #failure: SignerError | undefined
  #last: Promise<void> = Promise.resolve()

  constructor(database: Database, hashes: Map<Height, Hash>, options: GuardOptions) {
    this.#database = database
    this.#hashes = hashes
    this.#options = options
    for (const height of hashes.keys()) this.#mark = Math.max(this.#mark ?? height, height)
  }

  mark(): { readonly height: Height; readonly hash: Hash } | undefined {
    return this.#mark === undefined ? undefined : { height: this.#mark, hash: this.#hashes.get(this.#mark)! }
  }

  recorded(height: Height): Hash | undefined {
    return this.#hashes.get(height)
  }

  record(headers: readonly CommittedHeader[], signal?: AbortSignal): Promise<void> {
    return this.#inOrder(() => this.#recordAll(headers), signal)
  }

  recordAnchor(anchor: Anchor, signal?: AbortSignal): Promise<void> {
    return this.#inOrder(() => this.#recordAll([anchor]), signal)
  }

  recordBelow(header: CommittedHeader, child: CommittedHeader, signal?: AbortSignal): Promise<void> {
    return this.#inOrder(async () => {
      const known = this.#hashes.get(header.height)
      if (known) return await this.#requireSame(header, known)
      const childHash = this.#hashes.get(child.height)
      const isLinked =
        child.height === header.height + 1 &&
        childHash !== undefined &&
        equalBytes(childHash, child.hash) &&
        equalBytes(child.header.lastHeaderHash, header.hash)
      if (!isLinked) throw unlinked(header.height)
      await this.#write([header])
    }, signal)
  }

  forgetBelow(height: Height, signal?: AbortSignal): Promise<void> {
    return this.#inOrder(async () => {
      const forgotten = [...this.#hashes.keys()].filter((known) => known < height && known !== this.#mark)
      const batch = this.#database.batch()
      for (const known of forgotten) batch.del(keyOf(known))
      await batch.write({ sync: true })
      for (const known of forgotten) this.#hashes.delete(known)
    }, signal)
  }

  async close(): Promise<void> {
    await this.#last
    this.#failure ??= new SignerError('CLOSED', 'the guard is closed')
    await this.#database.close()
  }

  /** Calls take effect one after the other; after a final failure none does. */
  #inOrder(action: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    const result = this.#last.then(async () => {
      if (this.#failure) throw this.#failure
      signal?.throwIfAborted()
      await action()
    })
    // The chain goes on after a refused call; the caller has the refusal.
    this.#last = result.then(
      () => {},
      () => {},
    )
    return result
  }

  async #recordAll(blocks: readonly { readonly height: Height; readonly hash: Hash }[]): Promise<void> {
    const fresh: { readonly height: Height; readonly hash: Hash }[] = []
    let mark = this.#mark ?? -1
    for (const block of blocks) {
      const known = this.#hashes.get(block.height)
      if (known) await this.#requireSame(block, known)
      else if (block.height <= mark) throw unlinked(block.height)
      else fresh.push(block)
      mark = Math.max(mark, block.height)
    }
    if (fresh.length > 0) await this.#write(fresh)
  }

  async #write(blocks: readonly { readonly height: Height; readonly hash: Hash }[]): Promise<void> {
    const batch = this.#database.batch()
    for (const { height, hash } of blocks) batch.put(keyOf(height), encodeHash(hash))
    try {
      await batch.write({ sync: true })
    } catch (cause) {
      this.#failure = new SignerError('STORAGE_FAILED', 'writing the double-sign guard failed; look at the disk', {
        cause,
      })
      throw this.#failure
    }
    for (const { height, hash } of blocks) {
      this.#hashes.set(height, hash)
      this.#mark = Math.max(this.#mark ?? height, height)
    }
  }

  /** A second hash for a height halts this signer for good, and leaves evidence beside the records. */
  async #requireSame({ height, hash }: { readonly height: Height; readonly hash: Hash }, known: Hash): Promise<void> {
    if (equalBytes(hash, known)) return
    const evidence: GuardEvidence = { height, recorded: toHex(known), refused: toHex(hash) }
    this.#options.onEvidence?.(evidence)
    this.#failure = new SignerError(
      'DOUBLE_SIGN',
      `block ${height} is recorded as ${evidence.recorded}, now it is ${evidence.refused}; this node signs nothing more`,
    )
    await this.#database.put(Buffer.from(`x${height}`), Buffer.from(JSON.stringify(evidence)), { sync: true })
    throw this.#failure
  }
}

async function checkStamp(database: Database, { chainId, clusterId, directory }: GuardOptions): Promise<void> {
  const stamp = Buffer.from(JSON.stringify({ chain_id: chainId, cluster_id: clusterId }))
  const stored = await database.get(stampKey)
  if (stored === undefined) return database.put(stampKey, stamp, { sync: true })
  if (equalBytes(stored, stamp)) return
  const found = Buffer.from(stored).toString('utf8')
  throw new SignerError(
    'GUARD_FOREIGN',
    `the guard in ${directory} belongs to ${found}; this node is of ${String(stamp)}`,
  )
}

async function readRecords(database: Database): Promise<Map<Height, Hash>> {
  const hashes = new Map<Height, Hash>()
  for await (const [key, value] of database.iterator({ gte: keyOf(0), lte: keyOf(Number.MAX_SAFE_INTEGER) })) {
    const height = Number(Buffer.from(key).readBigUInt64BE(1))
    hashes.set(height, decodeHash(value, height))
  }
  return hashes
}

function keyOf(height: Height): Buffer {
  const key = Buffer.alloc(9)
  key[0] = 'h'.charCodeAt(0)
  key.writeBigUInt64BE(BigInt(height), 1)
  return key
}

function encodeHash(hash: Hash): Buffer {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(hash))
  return Buffer.concat([hash, checksum])
}

function decodeHash(value: Uint8Array, height: Height): Hash {
  const hash = Uint8Array.from(value.subarray(0, hashBytes))
  if (value.length !== hashBytes + 4 || Buffer.from(value).readUInt32BE(hashBytes) !== crc32(hash)) {
    throw new SignerError(
      'STORAGE_FAILED',
      `the guard's record of height ${height} is damaged; restore the guard, do not remove it`,
    )
  }
  return hash
}

function unlinked(height: Height): SignerError {
  return new SignerError(
    'UNLINKED',
    `height ${height} is below the mark and has no record; only a block linked to a record is signed`,
  )
}
