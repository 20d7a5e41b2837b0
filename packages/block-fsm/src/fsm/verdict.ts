import type { Hash, Height } from '../block/header.ts'

/**
 * What became of a committed entry: the same on every replica. The proposer must look at it: a commit is not yet an
 * acceptance.
 */
export type Verdict =
  /** It took effect. */
  | { readonly kind: 'accepted'; readonly block?: { readonly height: Height; readonly hash: Hash } }
  /** It had taken effect before and changed nothing now: success, told again. */
  | { readonly kind: 'duplicate' }
  /** It changed nothing. `detail` is for people. */
  | { readonly kind: 'rejected'; readonly reason: RejectionReason; readonly detail: string }

/** Every reason, in the order in which a block is checked; the last ones are for other commands. */
export const rejectionReasons = [
  'undecodable', // not a command in canonical form
  'unsupported-command', // needs a later rule version
  'not-canonical', // header or data bytes that others would hash differently
  'hash', // the entry names another hash than its header's
  'data-hash', // the header names another data hash than that of the transactions
  'stale-token', // built under a leadership that is not the last opened, or not the entry's own
  'chain', // another chain id
  'proposer', // another proposer, version or validator hash than the chain's
  'metadata', // entry or data that does not repeat the header
  'link', // another parent, in the header or in the data chain
  'height', // not the next height
  'time', // not after the parent
  'limits', // larger than the rules allow
  'origin', // transactions of a journal that is not open
  'range', // does not start right after what is decided
  'transactions', // the ranges do not name exactly the data's transactions and the dropped
  'dropped', // dropped transactions out of place, or without a reason
  'idempotency', // keys out of place, or a remembered key that is not dropped
  'signature', // not the tip's signature
  'da-cursor', // goes back, or beyond the tip
  'generation', // the origin was opened by someone else meanwhile
  'rule-version', // not the next one
  'unsupported-rules', // the next rule version, which this software does not know
  'epoch', // goes back, or skips
  'cluster', // an opening of another cluster
  'term', // an opening that names another term than its entry
] as const

export type RejectionReason = (typeof rejectionReasons)[number]

/** A verdict that changes nothing. */
export function rejected(reason: RejectionReason, detail: string): Extract<Verdict, { kind: 'rejected' }> {
  return { kind: 'rejected', reason, detail }
}
