/**
 * Signs committed blocks, never two hashes for one height.
 *
 * ```ts
 * const key = await openSignerFile('config/signer.json', passphrase)
 * const guard = await openGuard({ directory: 'data/guard', chainId, clusterId })
 * const signer = guardedSigner(key, guard)
 * const signature = await signHeader(signer, committedBlock)
 * ```
 *
 * @packageDocumentation
 */
export { DoubleSignError, type GuardEvidence, SignerError, type SignerErrorCode } from './errors.ts'
export type { GuardStamp } from './guard/guard-head.ts'
export { type GuardOptions, type GuardSummary, openGuard, readGuard } from './guard/open-guard.ts'
export { guardedSigner } from './guarded-signer.ts'
export { type Ed25519Key, keyFromSeed } from './key/ed25519-key.ts'
export {
  createSignerFile,
  type CreateSignerFile,
  openSignerFile,
  type OpenSignerFileOptions,
  type SignerFileWarning,
} from './key/signer-file.ts'
