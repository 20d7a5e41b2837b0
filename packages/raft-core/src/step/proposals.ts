import { RaftError } from '../errors.ts'
import type { Proposal } from './input.ts'
import { appendAsLeader } from './leadership.ts'
import { notLeader } from './roles.ts'
import { lastPosition } from './log.ts'
import type { RaftState } from './state.ts'
import { answer, type Turn } from './turn.ts'

/** Appends each proposal, or answers why not. Whether it is committed is known when it is applied. */
export function onPropose(turn: Turn, proposals: readonly Proposal[]): void {
  const { state } = turn
  for (const proposal of proposals) {
    const { role } = state
    const wrong = whyNot(state, proposal)
    if (wrong || role.kind !== 'leader') {
      answer(turn, proposal.request, wrong)
      continue
    }
    const index = appendAsLeader(turn, role, proposal.type, proposal.payload)
    turn.effects.push({ kind: 'proposed', request: proposal.request, index, term: lastPosition(state.log).term })
  }
}

function whyNot(state: RaftState, proposal: Proposal): RaftError | undefined {
  const { role, settings, term } = state
  if (role.kind !== 'leader') return notLeader(state)
  if (role.transfer) {
    return new RaftError(
      'TRANSFER_IN_PROGRESS',
      `leadership goes to ${role.transfer.target}; propose there in a moment`,
    )
  }
  if (proposal.term !== undefined && proposal.term !== term) {
    return new RaftError('STALE_TERM', `the proposal is for term ${proposal.term}, this is term ${term}`)
  }
  const { entryBytes, uncommittedBytes } = settings.limits
  if (proposal.payload.length > entryBytes) {
    return new RaftError('ENTRY_TOO_LARGE', `${proposal.payload.length} bytes; an entry holds at most ${entryBytes}`)
  }
  if (role.uncommittedBytes > 0 && role.uncommittedBytes + proposal.payload.length > uncommittedBytes) {
    return new RaftError(
      'OVERLOADED',
      `${role.uncommittedBytes} bytes wait for a commit; propose again when some are committed`,
    )
  }
  return undefined
}
