import {
  addressOf,
  type BlockSigner,
  type DoubleSignGuard,
  equalBytes,
  isCommitted,
  signingBytes,
  type SignRequest,
} from 'block-fsm'
import { SignerError } from './errors.ts'
import type { Ed25519Key } from './key/ed25519-key.ts'

/** A `BlockSigner` with the key in this process, behind the guard. Takes over the guard: closing the signer closes it. */
export function guardedSigner(key: Ed25519Key, guard: DoubleSignGuard): BlockSigner {
  const address = addressOf(key.publicKey)
  let usable: Ed25519Key | undefined = key
  return {
    publicKey: key.publicKey,
    isDeterministic: true,
    async sign(request: SignRequest, signal?: AbortSignal): Promise<Uint8Array> {
      if (!isCommitted(request.block)) throw new SignerError('NOT_COMMITTED', 'only a committed block is signed')
      if (!equalBytes(request.block.header.proposerAddress, address)) {
        throw new SignerError('NOT_COMMITTED', `block ${request.block.height} names another proposer than this key`)
      }
      await guard.record([request.block], signal)
      if (usable === undefined) throw new SignerError('CLOSED', 'the signer is closed')
      return usable.sign(signingBytes(request))
    },
    async close(): Promise<void> {
      usable = undefined
      await guard.close()
    },
  }
}
