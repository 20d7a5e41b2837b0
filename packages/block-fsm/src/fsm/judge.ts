import { decodeOpening } from 'raft-core'
import { type Command, decodeCommand } from '../codec/command-codec.ts'
import { toError } from '../errors.ts'
import { type Decision, type EntryPosition, Rejection, rule } from './decision.ts'
import { judgeBlock } from './judge-block.ts'
import { judgeDaCursor, judgeOpenOrigin, judgeOperatorEpoch, judgeRuleVersion } from './judge-other.ts'
import type { FsmState } from './state.ts'
import { type Verdict, rejected } from './verdict.ts'

/**
 * What the verdict on a command would be if it were applied to this state, at this place in the log.
 *
 * A pure and total function: the leader runs it on its own candidate before proposing, with its term and any index above the
 * opening's, so that a rejection after commit is a bug. It changes nothing.
 */
export function judge(state: FsmState, command: Uint8Array, term: number, index: number): Verdict {
  return decideCommand(state, command, { index, term }).verdict
}

/** The verdict on a command, and what it changes. */
export function decideCommand(state: FsmState, payload: Uint8Array, at: EntryPosition): Decision {
  return catching(() => {
    const command = decoded(() => decodeCommand(payload))
    rule(
      command.version >= 1 && command.version <= state.ruleVersion,
      'unsupported-command',
      `the command needs rule version ${command.version}, the cluster follows ${state.ruleVersion}`,
    )
    return decideBody(state, command, payload.length, at)
  })
}

/** The verdict on the entry that opens a term, and what it changes. */
export function decideOpening(state: FsmState, payload: Uint8Array, at: EntryPosition): Decision {
  return catching(() => {
    const opening = decoded(() => decodeOpening(payload))
    const isOurs = opening.clusterId !== '' && (state.clusterId === '' || state.clusterId === opening.clusterId)
    rule(isOurs, 'cluster', `an opening of cluster ${opening.clusterId || '(none)'} in the log of ${state.clusterId}`)
    rule(opening.epoch >= state.epoch, 'epoch', `an opening of epoch ${opening.epoch} after epoch ${state.epoch}`)
    rule(opening.term === at.term, 'term', `an opening of term ${opening.term} in an entry of term ${at.term}`)
    return {
      verdict: { kind: 'accepted' },
      change: { fields: { clusterId: opening.clusterId, epoch: opening.epoch, opening: { ...at } } },
    }
  })
}

function decideBody(state: FsmState, { body }: Command, commandBytes: number, at: EntryPosition): Decision {
  switch (body.kind) {
    case 'block':
      return judgeBlock(state, body.block, commandBytes, at)
    case 'daCursor':
      return judgeDaCursor(state, body)
    case 'openOrigin':
      return judgeOpenOrigin(state, body)
    case 'ruleVersion':
      return judgeRuleVersion(state, body.version)
    case 'operatorEpoch':
      return judgeOperatorEpoch(state, body)
  }
}

function decoded<Result>(decode: () => Result): Result {
  try {
    return decode()
  } catch (error) {
    throw new Rejection('undecodable', toError(error).message)
  }
}

function catching(decide: () => Decision): Decision {
  try {
    return decide()
  } catch (error) {
    if (error instanceof Rejection) return { verdict: rejected(error.reason, error.message) }
    throw error
  }
}
