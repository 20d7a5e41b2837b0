import type { Hash, Height, Signer } from '../block/header.ts'
import type { CommittedHeader } from './committed.ts'

/** The proposer's signature of a committed header, verified. Only `signHeader` and the verify functions make one. */
export class HeaderSignature {
  readonly #isVerified = true
  readonly height: Height
  /** The header's hash. */
  readonly hash: Hash
  /** 64 bytes of Ed25519 over the encoded header. */
  readonly signature: Uint8Array
  readonly signer: Signer

  constructor(header: CommittedHeader, signature: Uint8Array, signer: Signer) {
    this.height = header.height
    this.hash = header.hash
    this.signature = signature
    this.signer = signer
  }

  /** True when the value really is one, also for callers without types. */
  static is(value: unknown): value is HeaderSignature {
    return typeof value === 'object' && value !== null && #isVerified in value && value.#isVerified
  }
}
