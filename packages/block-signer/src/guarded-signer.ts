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
      requireOwnBlock(request, address)
      const bytes = signingBytes(request)
      await guard.record([request.block], signal)
      if (usable === undefined) throw new SignerError('CLOSED', 'the signer is closed')
      return usable.sign(bytes)
    },
    async close(): Promise<void> {
      usable = undefined
      await guard.close()
    },
  }
}

/** What the types say already, again for callers without them. */
function requireOwnBlock({ kind, block }: SignRequest, address: Uint8Array): void {
  if (!isCommitted(block))
    throw new SignerError('NOT_COMMITTED', 'only a committed block is signed; this value is none')
  if (kind === 'data' && !(block.dataBytes instanceof Uint8Array)) {
    throw new SignerError('NOT_COMMITTED', `block ${block.height} has no data to sign; complete it first`)
  }
  if (!equalBytes(block.header.proposerAddress, address)) {
    throw new SignerError('NOT_COMMITTED', `block ${block.height} names another proposer than this key`)
  }
}
