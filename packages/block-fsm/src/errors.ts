/** Stable codes of the errors that this package reports itself. */
export type BlockErrorCode =
  | 'UNDECODABLE' // not the message it should be, or not in its one canonical form
  | 'OUT_OF_RANGE' // a number that its type cannot hold
  | 'UNSUPPORTED_KEY' // a public key that is not Ed25519
  | 'SIGNATURE_MISSING'
  | 'SIGNER_MISSING'
  | 'SIGNER_MISMATCH' // the signer's address is not that of its key, or not the proposer's
  | 'SIGNATURE_INVALID'
  | 'WRONG_HEIGHT'
  | 'WRONG_CHAIN'
  | 'BROKEN_LINK' // a header that does not name its parent's hash, or a hash that is not the header's
  | 'DATA_MISMATCH' // transactions that are not those of data_hash
  | 'METADATA_MISMATCH' // metadata that does not repeat the header or does not name the previous data
  | 'INVALID_BLOCK' // a block that cannot be built from what was given
  | 'INVALID_OPTIONS'
  | 'INVALID_SNAPSHOT'
  | 'UNSUPPORTED_RULES' // the cluster follows rules that this software does not know
  | 'NOT_STORED' // the store does not have the block, or not its verified signature
  | 'MISMATCHED_STAGES' // pieces of different blocks

/** Base of every error of this package. Test `code`, never the message. */
export class BlockError extends Error {
  readonly code: BlockErrorCode

  constructor(code: BlockErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BlockError'
    this.code = code
  }
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
