import type { Data } from '../block/data.ts'
import { headerHash } from '../block/hash.ts'
import type { Hash, Height, SignedHeader } from '../block/header.ts'
import { verifyDataCommitment } from '../block/verify-chain.ts'
import { equalBytes, toHex } from '../bytes.ts'
import { BlockError } from '../errors.ts'
import type { BlockReader, BlockStore, StoredRecord } from '../ports/block-store.ts'
import { CommittedBlock, CommittedHeader } from './committed.ts'
import type { HeaderSignature } from './header-signature.ts'

/** Proof that a committed block is durable in this node's store. Only {@link storeBlocks} makes one. */
export class StoredBlock {
  readonly #isStored = true
  readonly block: CommittedBlock

  constructor(block: CommittedBlock) {
    this.block = block
  }

  /** True when the value really is one, also for callers without types. */
  static is(value: unknown): value is StoredBlock {
    return typeof value === 'object' && value !== null && #isStored in value && value.#isStored
  }
}

/** A block that is committed, signed and stored. Nothing else may be published. */
export class SealedBlock {
  readonly #isSealed = true
  readonly height: Height
  readonly hash: Hash
  readonly signedHeader: SignedHeader
  readonly data: Data
  readonly block: CommittedBlock

  constructor(block: CommittedBlock, signature: Pick<SignedHeader, 'signature' | 'signer'>) {
    this.height = block.height
    this.hash = block.hash
    this.signedHeader = { header: block.header, signature: signature.signature, signer: signature.signer }
    this.data = block.data
    this.block = block
  }

  /** True when the value really is one, also for callers without types. */
  static is(value: unknown): value is SealedBlock {
    return typeof value === 'object' && value !== null && #isSealed in value && value.#isSealed
  }
}

/** Stores committed blocks; resolves when they are durable. Rejects as {@link BlockStore.putBlocks} does. */
export async function storeBlocks(
  store: Pick<BlockStore, 'putBlocks'>,
  blocks: readonly CommittedBlock[],
  signal?: AbortSignal,
): Promise<readonly StoredBlock[]> {
  await store.putBlocks(blocks, signal)
  return blocks.map((block) => new StoredBlock(block))
}

/** Seals a stored block with its signature. Those of different blocks are `MISMATCHED_STAGES`. */
export function sealBlock(stored: StoredBlock, signature: HeaderSignature): SealedBlock {
  if (!equalBytes(stored.block.hash, signature.hash)) {
    throw new BlockError(
      'MISMATCHED_STAGES',
      `block ${stored.block.height} and a signature of block ${signature.height}`,
    )
  }
  return new SealedBlock(stored.block, signature)
}

/**
 * The sealed block at a height of this node's own store: how publishers walk the chain. Undefined when it is not there whole
 * with a verified signature. A damaged record is `BROKEN_LINK` (another hash) or `DATA_MISMATCH` (other transactions).
 */
export async function loadSealed(
  store: Pick<BlockReader, 'get'>,
  height: Height,
  signal?: AbortSignal,
): Promise<SealedBlock | undefined> {
  const record = await store.get(height, signal)
  if (!record?.signature?.isVerified) return undefined
  const block = committedFrom(record)
  return block && new SealedBlock(block, record.signature)
}

/**
 * The committed block at a height of this node's own store, which takes nothing else. Undefined when it is not there whole;
 * damaged records as in {@link loadSealed}.
 */
export async function loadBlock(
  store: Pick<BlockReader, 'get'>,
  height: Height,
  signal?: AbortSignal,
): Promise<CommittedBlock | undefined> {
  const record = await store.get(height, signal)
  return record && committedFrom(record)
}

/** The committed header at a height of this node's own store, with or without its data. A damaged one is `BROKEN_LINK`. */
export async function loadHeader(
  store: Pick<BlockReader, 'get'>,
  height: Height,
  signal?: AbortSignal,
): Promise<CommittedHeader | undefined> {
  const record = await store.get(height, signal)
  return record && headerFrom(record)
}

function committedFrom(record: StoredRecord): CommittedBlock | undefined {
  if (!record.data) return undefined
  verifyDataCommitment(record.header, record.data.txs)
  return new CommittedBlock(headerFrom(record), record.data)
}

function headerFrom(record: StoredRecord): CommittedHeader {
  const hash = headerHash(record.header)
  if (!equalBytes(hash, record.hash)) {
    throw new BlockError(
      'BROKEN_LINK',
      `the store has ${toHex(record.hash)} at height ${record.height}, its header hashes to ${toHex(hash)}; fetch it again`,
    )
  }
  return new CommittedHeader(record.header, hash)
}
