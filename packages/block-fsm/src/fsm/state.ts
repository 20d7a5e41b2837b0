import type { Height } from '../block/header.ts'
import type { LastSignature, Token } from '../codec/block-entry.ts'
import { CommittedBlock, CommittedHeader } from '../stages/committed.ts'
import type { ResolvedFacts } from './facts.ts'
import type { RememberedKeyReader } from './remembered-keys.ts'

/**
 * The whole replicated state: a function of the facts and the applied entries. "Tip only" means that it holds no history.
 * Every field but `keys` is replaced, never changed in place.
 */
export interface FsmState {
  readonly facts: ResolvedFacts
  /** 64 hex digits, empty before the first opening. */
  readonly clusterId: string
  /** Raft's epoch, as the last opening named it. */
  readonly epoch: number
  /** The last applied opening; undefined before the first. */
  readonly opening: Token | undefined
  readonly ruleVersion: number
  /** The last committed block; undefined before the first. */
  readonly tip: CommittedBlock | undefined
  /** By member id; also of members that were removed. */
  readonly origins: ReadonlyMap<string, Origin>
  readonly keys: RememberedKeyReader
  readonly daCursor: DaCursor
  /** Of a recent block, when its signer is not deterministic. */
  readonly lastSignature: LastSignature | undefined
  readonly operator: OperatorMark
  /** Index and term of the last applied command or opening. */
  readonly appliedIndex: number
  readonly appliedTerm: number
}

/** A member's journal, and how far its transactions are decided. */
export interface Origin {
  readonly memberId: string
  /** 1 for the first journal, one more with each later one. */
  readonly generation: number
  readonly journalId: Uint8Array
  /** Everything through this number is decided. */
  readonly lastSequence: number
  /** The last journals before this one, oldest first, at most 16: they never open again. */
  readonly closedJournalIds: readonly Uint8Array[]
}

/** What the DA layer has: headers and data of all blocks through these heights. */
export interface DaCursor {
  readonly headerHeight: Height
  readonly dataHeight: Height
}

/** The last operator epoch, and the tip height when it was decided. Zeros before the first. */
export interface OperatorMark {
  readonly epoch: number
  readonly height: Height
  readonly reason: string
}

/** The rule version that a chain starts with. */
const initialRuleVersion = 1

/** The highest rule version that this software knows. */
export const supportedRuleVersion = 1

/** The state before the first entry. */
export function initialState(facts: ResolvedFacts, keys: RememberedKeyReader): FsmState {
  const { startingTip } = facts
  return {
    facts,
    clusterId: '',
    epoch: 0,
    opening: undefined,
    ruleVersion: initialRuleVersion,
    tip: startingTip && new CommittedBlock(new CommittedHeader(startingTip.header), startingTip.data),
    origins: new Map(),
    keys,
    daCursor: { headerHeight: 0, dataHeight: 0 },
    lastSignature: undefined,
    operator: { epoch: 0, height: 0, reason: '' },
    appliedIndex: 0,
    appliedTerm: 0,
  }
}

/** The height that the next block has. */
export function nextHeight(state: Pick<FsmState, 'facts' | 'tip'>): Height {
  return state.tip ? state.tip.height + 1 : state.facts.initialHeight
}

/** The last decided number of a journal; undefined when the journal is not the open one of the member. */
export function decidedSequence(
  state: Pick<FsmState, 'origins'>,
  memberId: string,
  journalId: Uint8Array,
): number | undefined {
  const origin = state.origins.get(memberId)
  return origin && Buffer.compare(origin.journalId, journalId) === 0 ? origin.lastSequence : undefined
}
