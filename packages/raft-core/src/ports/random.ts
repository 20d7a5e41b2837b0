/** Unpredictable bytes: incarnations, boot nonces and the seed of election jitter. */
export interface Random {
  /** Fresh bytes, `length` of them. */
  bytes(length: number): Uint8Array
}
