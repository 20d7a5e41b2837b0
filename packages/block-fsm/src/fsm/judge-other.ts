import { equalBytes } from '../bytes.ts'
import type { CommandBody } from '../codec/command-codec.ts'
import { type Decision, rule } from './decision.ts'
import { type DaCursor, type FsmState, type Origin, supportedRuleVersion } from './state.ts'

type Body<Kind extends CommandBody['kind']> = Extract<CommandBody, { kind: Kind }>

/** Longest member id and longest reason of an operator, in bytes of UTF-8. */
const maxTextBytes = 256

/**
 * How many closed journals of a member are remembered. A restored copy of one would decide its transactions twice; copies
 * older than this are for the journal's boot counter to find.
 */
const maxClosedJournals = 16

/** What an origin takes in the state beside its member id, in bytes. */
const originOverheadBytes = 64 + maxClosedJournals * 18

const duplicate: Decision = { verdict: { kind: 'duplicate' } }

/** Cursors only go up, and never beyond the tip. */
export function judgeDaCursor(state: FsmState, { headerHeight, dataHeight }: Body<'daCursor'>): Decision {
  const daCursor = checkDaCursor(state, { headerHeight, dataHeight })
  const { daCursor: current } = state
  if (current.headerHeight === headerHeight && current.dataHeight === dataHeight) return duplicate
  return { verdict: { kind: 'accepted' }, change: { fields: { daCursor } } }
}

/** Rejects cursors that go back or beyond the tip. */
export function checkDaCursor({ daCursor, tip }: FsmState, cursor: DaCursor): DaCursor {
  const isForward = cursor.headerHeight >= daCursor.headerHeight && cursor.dataHeight >= daCursor.dataHeight
  rule(isForward, 'da-cursor', `DA cursors go back below ${daCursor.headerHeight} and ${daCursor.dataHeight}`)
  const highest = Math.max(tip?.height ?? 0, daCursor.headerHeight, daCursor.dataHeight)
  const isBelowTip = cursor.headerHeight <= highest && cursor.dataHeight <= highest
  rule(isBelowTip, 'da-cursor', `DA cursors beyond the tip ${highest}`)
  return cursor
}

/** Compare and set: the journal opens only if nobody opened another since the generation was read. */
export function judgeOpenOrigin(state: FsmState, body: Body<'openOrigin'>): Decision {
  const { memberId, journalId, expectedGeneration } = body
  checkText(memberId, 'origin')
  rule(journalId.length === 16, 'origin', `a journal id has 16 bytes, not ${journalId.length}`)
  const current = state.origins.get(memberId)
  if (current && equalBytes(current.journalId, journalId)) return duplicate
  const closed = current?.closedJournalIds ?? []
  rule(!closed.some((id) => equalBytes(id, journalId)), 'origin', 'a closed journal never opens again; renew it')
  const generation = current?.generation ?? 0
  rule(
    generation === expectedGeneration,
    'generation',
    `generation ${expectedGeneration} expected, it is ${generation}`,
  )
  const closedJournalIds = current ? [...closed, current.journalId].slice(-maxClosedJournals) : []
  const opened: Origin = { memberId, generation: generation + 1, journalId, lastSequence: 0, closedJournalIds }
  const origins = new Map(state.origins).set(memberId, opened)
  const bytes = originBytes(origins.keys())
  const limit = state.facts.limits.originBytes
  rule(bytes <= limit, 'limits', `origins would take ${bytes} bytes, at most ${limit}`)
  return { verdict: { kind: 'accepted' }, change: { fields: { origins } } }
}

/** One step up at a time. A version that this software does not know stops it; see `BlockFsm.apply`. */
export function judgeRuleVersion(state: FsmState, version: number): Decision {
  if (version === state.ruleVersion) return duplicate
  const next = state.ruleVersion + 1
  rule(version === next, 'rule-version', `rule version ${version}, the next is ${next}`)
  rule(version <= supportedRuleVersion, 'unsupported-rules', `this software knows ${supportedRuleVersion}; upgrade it`)
  return { verdict: { kind: 'accepted' }, change: { fields: { ruleVersion: version } } }
}

/** One step up at a time, so that of two operators who decide at once only one does. */
export function judgeOperatorEpoch(state: FsmState, { epoch, reason }: Body<'operatorEpoch'>): Decision {
  const { operator } = state
  if (epoch === operator.epoch && reason === operator.reason) return duplicate
  rule(epoch === operator.epoch + 1, 'epoch', `operator epoch ${epoch}, the next is ${operator.epoch + 1}`)
  checkText(reason, 'epoch')
  return {
    verdict: { kind: 'accepted' },
    change: { fields: { operator: { epoch, height: state.tip?.height ?? 0, reason } } },
  }
}

function checkText(text: string, reason: 'origin' | 'epoch'): void {
  const bytes = Buffer.byteLength(text, 'utf8')
  rule(bytes > 0 && bytes <= maxTextBytes, reason, `a name or reason has 1 to ${maxTextBytes} bytes, not ${bytes}`)
}

function originBytes(memberIds: Iterable<string>): number {
  let bytes = 0
  for (const memberId of memberIds) bytes += Buffer.byteLength(memberId, 'utf8') + originOverheadBytes
  return bytes
}
