import {
  type BlockSigner,
  type BlockStore,
  equalBytes,
  hasCode,
  type HeaderSignature,
  loadHeader,
  signerOf,
  signHeader,
} from 'block-fsm'

/** Signatures written with one call. */
const batchBlocks = 64

/** Step 6: signs executed blocks, whatever this node's role, with a key whose signatures are the same everywhere. */
export class SignStep {
  readonly #store: BlockStore
  readonly #signer: BlockSigner | undefined

  /** Without a signer, signatures come from other members. */
  constructor(store: BlockStore, signer: BlockSigner | undefined) {
    this.#store = store
    this.#signer = signer
  }

  /** Signs what there is, a batch at most; true when it was anything. The guard's errors come through. */
  async advance(abort: AbortSignal): Promise<boolean> {
    const signer = this.#signer
    if (signer === undefined) return false
    const { sealed, executed } = this.#store.status()
    const signatures: HeaderSignature[] = []
    for (let height = sealed + 1; height <= executed && signatures.length < batchBlocks; height++) {
      const header = await loadHeader(this.#store, height, abort)
      if (header === undefined || !equalBytes(header.header.proposerAddress, signerOf(signer.publicKey).address)) break
      try {
        signatures.push(await signHeader(signer, header, abort))
      } catch (error) {
        // A height that a snapshot skipped has no record: its signature comes with the history.
        if (!hasCode(error, 'UNLINKED')) throw error
        break
      }
    }
    if (signatures.length > 0) await this.#store.putSignatures(signatures, abort)
    return signatures.length > 0
  }
}
