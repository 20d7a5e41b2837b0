import type { SignedHeader, Signer } from '../block/header.ts'
import { signerOf } from '../block/key.ts'
import { isSignature, verifyHeaderSignature } from '../block/verify-signature.ts'
import { encodeSignedHeader } from '../codec/header-codec.ts'
import { BlockError } from '../errors.ts'
import type { BlockSigner, SignRequest } from '../ports/block-signer.ts'
import { equalBytes } from '../bytes.ts'
import type { CommittedHeader } from './committed.ts'
import { HeaderSignature } from './header-signature.ts'

/** Has a committed header signed, and checks what the signer gave: a remote one may be wrong (`SIGNATURE_INVALID`). */
export async function signHeader(
  signer: BlockSigner,
  block: CommittedHeader,
  signal?: AbortSignal,
): Promise<HeaderSignature> {
  const signature = await signer.sign({ kind: 'header', block }, signal)
  if (!isSignature(signer.publicKey, block.headerBytes, signature)) {
    throw new BlockError('SIGNATURE_INVALID', `the signer's signature of block ${block.height} does not fit its key`)
  }
  return new HeaderSignature(block, signature, signerOf(signer.publicKey))
}

/** Verifies a signature that came from outside, by the header's own proposer. Throws as `verifyHeaderSignature` does. */
export function verifySignature(block: CommittedHeader, signature: Uint8Array, signer: Signer): HeaderSignature {
  verifyHeaderSignature({ header: block.header, signature, signer })
  return new HeaderSignature(block, signature, signer)
}

/** Verifies many signed headers, in workers for example; answers, for each in order, whether `verifyHeaderSignature` passes. */
export type VerifyBatch = (batch: readonly SignedHeader[], signal?: AbortSignal) => Promise<readonly boolean[]>

/** As {@link verifySignature} for many at once, elsewhere; undefined where a signature did not pass. */
export async function verifySignatures(
  claims: readonly { readonly block: CommittedHeader; readonly signature: Uint8Array; readonly signer: Signer }[],
  verifyBatch: VerifyBatch,
  signal?: AbortSignal,
): Promise<readonly (HeaderSignature | undefined)[]> {
  const batch = claims.map(({ block, signature, signer }) => ({ header: block.header, signature, signer }))
  const passed = await verifyBatch(batch, signal)
  return claims.map(({ block, signature, signer }, i) =>
    passed[i] === true ? new HeaderSignature(block, signature, signer) : undefined,
  )
}

/** The bytes that a request asks a signature for. A signature of another header is `MISMATCHED_STAGES`. */
export function signingBytes(request: SignRequest): Uint8Array {
  switch (request.kind) {
    case 'header':
      return request.block.headerBytes
    case 'data':
      return request.block.dataBytes
    case 'envelope': {
      const { block, signature } = request
      if (!equalBytes(block.hash, signature.hash)) {
        throw new BlockError('MISMATCHED_STAGES', `the signature is not that of block ${block.height}`)
      }
      return encodeSignedHeader({ header: block.header, signature: signature.signature, signer: signature.signer })
    }
  }
}
