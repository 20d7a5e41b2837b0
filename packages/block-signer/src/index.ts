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
export { SignerError, type SignerErrorCode } from './errors.ts'
export { type GuardEvidence, type GuardOptions, openGuard } from './guard/level-guard.ts'
export { guardedSigner } from './guarded-signer.ts'
export { type Ed25519Key, keyFromSeed } from './key/ed25519-key.ts'
export { createSignerFile, type CreateSignerFile, openSignerFile } from './key/signer-file.ts'
