import type { CommittedBlock, CommittedHeader } from '../stages/committed.ts'
import type { HeaderSignature } from '../stages/header-signature.ts'

/**
 * Holds, or reaches, the proposer's key, behind a {@link DoubleSignGuard}.
 *
 * It takes only what the types prove to be committed, checks that again at run time (`NOT_COMMITTED`), and refuses a header
 * whose proposer is not its key (`NOT_COMMITTED` too). `sign` resolves only after the guard holds the block's record durably;
 * the guard's codes come through. `KEY_UNAVAILABLE` may be tried again. Calls may overlap.
 */
export interface BlockSigner {
  /** Raw 32-byte Ed25519 public key. */
  readonly publicKey: Uint8Array

  /** True when the same bytes always give the same signature. Only then may every member that holds the key sign. */
  readonly isDeterministic: boolean

  /** Signs {@link signingBytes} of the request: 64 bytes of Ed25519. */
  sign(request: SignRequest, signal?: AbortSignal): Promise<Uint8Array>

  /** Wipes the key from memory as far as that goes. Later calls reject with `CLOSED`. */
  close(): Promise<void>
}

/** What may be signed. */
export type SignRequest =
  /** The header; its signature makes the block sealed. */
  | { readonly kind: 'header'; readonly block: CommittedHeader }
  /** The data with its metadata, as it goes to DA. */
  | { readonly kind: 'data'; readonly block: CommittedBlock }
  /** The signed header, as it goes to DA. */
  | { readonly kind: 'envelope'; readonly block: CommittedHeader; readonly signature: HeaderSignature }
