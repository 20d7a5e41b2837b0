/**
 * ev-node's blocks, byte for byte, and the replicated state machine that orders them. No database, no socket.
 *
 * @example
 * ```ts
 * import { BlockFsm, buildCandidate, emptySelection, judge } from 'block-fsm'
 *
 * const fsm = new BlockFsm({ chainId: 'my-chain', initialHeight: 1, genesisTimeNs, proposerAddress })
 *
 * // Raft applies entries to it: the opening of a term, then what the leader proposes.
 * fsm.apply([{ index: 1, term: 1, type: 'opening', payload: opening }])
 *
 * // A leader builds on the tip and judges its own candidate before it proposes it.
 * const candidate = buildCandidate(fsm.state, { nowNs, appHash, selection: emptySelection })
 * if (judge(fsm.state, candidate.command, 1, 2).kind === 'accepted') await propose(candidate.command, { term: 1 })
 *
 * // Store, signer, executor and publishers pull committed blocks, each from its own height.
 * await fsm.blocks.wait(1, signal)
 * const read = fsm.blocks.read(1, 1024 * 1024)
 * ```
 *
 * @packageDocumentation
 */
export * from './block/data.ts'
export { dataCommitment, dataHash, headerHash, headerPreImage, transactionHash } from './block/hash.ts'
export * from './block/header.ts'
export { addressOf, decodePublicKey, encodePublicKey, signerOf } from './block/key.ts'
export * from './block/verify-chain.ts'
export * from './block/verify-signature.ts'
export { equalBytes, sha256, toHex } from './bytes.ts'
export {
  decodeData,
  decodeSignedData,
  encodeData,
  encodeMetadata,
  encodeSignedData,
  encodeTransactions,
} from './codec/data-codec.ts'
export {
  decodeHeader,
  decodeHeaderEnvelope,
  decodeSignedHeader,
  encodeHeader,
  encodeHeaderEnvelope,
  encodeLegacyHeader,
  encodeSignedHeader,
} from './codec/header-codec.ts'
export { bigintFromLong, longFromBigint, safeIntegerFromLong } from './codec/long.ts'
export * from './codec/p2p-codec.ts'
export * from './errors.ts'
export { evnode } from '../gen/evnode.js'
export type * from './ports/block-signer.ts'
export type * from './ports/block-store.ts'
export type * from './ports/double-sign-guard.ts'
export type * from './ports/executor.ts'
export * from './ports/port-error.ts'
export type * from './ports/transaction-journal.ts'
// Types alone: who could construct these could publish what was never committed.
export type { Anchor, CommittedBlock, CommittedHeader } from './stages/committed.ts'
export { type ExecutedBlock, executeBlock } from './stages/executed.ts'
export type { HeaderSignature } from './stages/header-signature.ts'
export * from './stages/link.ts'
export {
  type SealedBlock,
  type StoredBlock,
  loadBlock,
  loadHeader,
  loadSealed,
  sealBlock,
  storeBlocks,
} from './stages/sealed.ts'
export {
  type VerifyBatch,
  signHeader,
  signingBytes,
  verifySignature,
  verifySignatures,
} from './stages/signed.ts'
export * from './codec/block-entry.ts'
export { type Command, type CommandBody, decodeCommand, encodeCommand } from './codec/command-codec.ts'
export type { AppliedBlock } from './fsm/applied-block.ts'
export type { AppliedBlockReader, AppliedRead } from './fsm/applied-blocks.ts'
export * from './fsm/block-fsm.ts'
export * from './fsm/candidate.ts'
export { type ChainFacts, type ChainLimits, type ResolvedFacts, defaultLimits } from './fsm/facts.ts'
export { judge } from './fsm/judge.ts'
export { maxDropReasonBytes, maxIdempotencyKeyBytes } from './fsm/judge-ranges.ts'
export type { KeyGroup, RememberedKey, RememberedKeyReader } from './fsm/remembered-keys.ts'
export * from './fsm/select-transactions.ts'
export {
  type DaCursor,
  type FsmState,
  type OperatorMark,
  type Origin,
  decidedSequence,
  nextHeight,
  supportedRuleVersion,
} from './fsm/state.ts'
export { type RejectionReason, type Verdict, rejectionReasons } from './fsm/verdict.ts'
