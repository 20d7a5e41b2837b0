import { encodeData } from '../codec/data-codec.ts'
import { encodeHeader } from '../codec/header-codec.ts'
import type { Data } from '../block/data.ts'
import { dataHash, headerHash } from '../block/hash.ts'
import type { Hash, Header, Height } from '../block/header.ts'

/**
 * A header of the committed chain: named by a hash that consensus decided.
 *
 * Only the state machine's apply path and unbroken hash links from an {@link Anchor} make one; the constructor is not
 * exported from the package, and the private field keeps look-alikes out.
 */
export class CommittedHeader {
  readonly #isCommitted = true
  readonly height: Height
  readonly hash: Hash
  readonly header: Header
  /** The header's canonical encoding: what its proposer signs. */
  readonly headerBytes: Uint8Array

  constructor(header: Header, hash: Hash = headerHash(header), headerBytes: Uint8Array = encodeHeader(header)) {
    this.height = header.height
    this.hash = hash
    this.header = header
    this.headerBytes = headerBytes
  }

  /** True when the value really is one, also for callers without types. */
  static is(value: unknown): value is CommittedHeader {
    return typeof value === 'object' && value !== null && #isCommitted in value && value.#isCommitted
  }
}

/** A whole block of the committed chain: its header, and the data that the header commits to. */
export class CommittedBlock extends CommittedHeader {
  readonly #hasData = true
  /** With metadata. */
  readonly data: Data
  /** The data's canonical encoding. */
  readonly dataBytes: Uint8Array
  /** Links the data chain; the next block's metadata names it. */
  readonly dataHash: Hash

  constructor(header: CommittedHeader, data: Data, hash: Hash = dataHash(data), bytes: Uint8Array = encodeData(data)) {
    super(header.header, header.hash, header.headerBytes)
    this.data = data
    this.dataBytes = bytes
    this.dataHash = hash
  }

  /** True when the value really is one, also for callers without types. */
  static override is(value: unknown): value is CommittedBlock {
    return typeof value === 'object' && value !== null && #hasData in value && value.#hasData
  }
}

/** A height and hash from which history may be trusted downwards. */
export class Anchor {
  readonly #isAnchor = true
  readonly height: Height
  readonly hash: Hash
  /** `raft`: this node's state machine stands or stood there. `operator`: a person vouched for it, as `migrate` asks. */
  readonly source: 'raft' | 'operator'

  constructor(height: Height, hash: Hash, source: 'raft' | 'operator') {
    this.height = height
    this.hash = hash
    this.source = source
  }

  /** True when the value really is one, also for callers without types. */
  static is(value: unknown): value is Anchor {
    return typeof value === 'object' && value !== null && #isAnchor in value && value.#isAnchor
  }
}
