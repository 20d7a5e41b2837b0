import { decodeConfiguration, encodeConfiguration } from '../codec/configuration.ts'
import { type Configuration, type Server, type Suffrage, voterLists } from '../configuration.ts'
import type { Entry } from '../entry.ts'
import { RaftError } from '../errors.ts'
import type { LogIndex } from '../types.ts'
import type { ChangeConfiguration } from './input.ts'
import { appendAsLeader, syncPeers } from './leadership.ts'
import { notLeader } from './roles.ts'
import { latestConfiguration, type Leader, type RaftState } from './state.ts'
import { answer, event, type Turn } from './turn.ts'

/**
 * Handles a wish for another configuration: refuses it with a reason, or appends it. When more than one voter changes, a joint
 * configuration comes first, in which the majorities of both decide.
 */
export function changeConfiguration(turn: Turn, input: ChangeConfiguration): void {
  const { state } = turn
  const { role } = state
  if (role.kind !== 'leader') return answer(turn, input.request, notLeader(state))
  const placed = latestConfiguration(state)
  const wrong =
    whyNotNow(state, role) ??
    (input.expectedIndex !== undefined && input.expectedIndex !== placed.index
      ? new RaftError(
          'CONFIGURATION_CHANGED',
          `the configuration is at index ${placed.index}; look at it and decide again`,
        )
      : undefined) ??
    whyNotThis(input.configuration)
  if (wrong) return answer(turn, input.request, wrong)
  if (changedVoters(placed.configuration, input.configuration) > 1) {
    const outgoing = placed.configuration.servers
    const index = appendConfiguration(turn, role, { ...input.configuration, outgoing })
    role.jointRequest = input.request
    turn.effects.push({ kind: 'begun', request: input.request, index, term: state.term })
    return
  }
  const index = appendConfiguration(turn, role, input.configuration)
  turn.effects.push({ kind: 'proposed', request: input.request, index, term: state.term })
}

/** Ends the joint phase once it is committed, whoever began it (dissertation 4.3). */
export function leaveJoint(turn: Turn, leader: Leader): void {
  const { state } = turn
  const { index: jointIndex, configuration } = latestConfiguration(state)
  const isReady = leader.transfer === undefined && state.commit >= Math.max(jointIndex, leader.openingIndex)
  if (configuration.outgoing.length === 0 || !isReady) return
  const index = appendConfiguration(turn, leader, { ...configuration, outgoing: [] })
  if (leader.jointRequest === undefined) return
  turn.effects.push({ kind: 'proposed', request: leader.jointRequest, index, term: state.term })
  leader.jointRequest = undefined
}

/** Why no configuration may be appended now; undefined when one may. One at a time, and never before an entry of the term. */
export function whyNotNow(state: RaftState, leader: Leader): RaftError | undefined {
  if (leader.transfer)
    return new RaftError('TRANSFER_IN_PROGRESS', 'leadership is being handed over; ask the next leader')
  if (state.commit < Math.max(latestConfiguration(state).index, leader.openingIndex)) {
    return new RaftError(
      'CONFIGURATION_IN_PROGRESS',
      'wait until the opening of the term and the last change are committed',
    )
  }
  return undefined
}

/** Appends a configuration; it counts from now on (dissertation 4.1). */
export function appendConfiguration(turn: Turn, leader: Leader, configuration: Configuration): LogIndex {
  const sorted = { servers: sortById(configuration.servers), outgoing: sortById(configuration.outgoing) }
  const index = appendAsLeader(turn, leader, 'configuration', encodeConfiguration(sorted))
  place(turn, index, sorted)
  syncPeers(turn, leader)
  return index
}

/** Configurations among appended entries count at once, committed or not. */
export function adoptConfigurations(turn: Turn, entries: readonly Entry[]): void {
  for (const entry of entries) {
    if (entry.type === 'configuration') place(turn, entry.index, decodeConfiguration(entry.payload))
  }
}

/** A truncated configuration never was: the one before it counts again. */
export function revertConfigurations(turn: Turn, from: LogIndex): void {
  const { configurations } = turn.state
  let hasReverted = false
  while (configurations.length > 1 && configurations.at(-1)!.index >= from) {
    configurations.pop()
    hasReverted = true
  }
  if (hasReverted) event(turn, { kind: 'configurationChanged', placed: configurations.at(-1)!, isCommitted: false })
}

function place(turn: Turn, index: LogIndex, configuration: Configuration): void {
  const placed = { index, configuration }
  turn.state.configurations.push(placed)
  event(turn, { kind: 'configurationChanged', placed, isCommitted: false })
}

/** Why nobody can have this configuration; undefined when a cluster can. */
export function whyNotThis(wanted: Configuration): RaftError | undefined {
  const invalid = (why: string): RaftError => new RaftError('CONFIGURATION_INVALID', why)
  const ids = new Set(wanted.servers.map((server) => server.id))
  const addresses = new Set(wanted.servers.map((server) => server.address))
  const faults = wanted.servers.flatMap((server) => faultOf(server) ?? [])
  if (faults.length > 0) return invalid(faults.join('; '))
  if (ids.size < wanted.servers.length) return invalid('two servers have one id')
  if (addresses.size < wanted.servers.length) return invalid('two servers have one address')
  if (!wanted.servers.some((server) => server.suffrage === 'voter')) return invalid('no voter would be left')
  if (wanted.outgoing.length > 0) return invalid('joint configurations are made by this library alone')
  return undefined
}

/** Longest id and longest address, in characters. */
const textLimit = 256

/** What cannot be encoded, dialed or counted must not get into the log: it would stop every member that reads it. */
function faultOf({ id, address, incarnation, suffrage }: Server): string | undefined {
  const isText = (text: string): boolean => text !== '' && text.length <= textLimit && !/\p{Surrogate}/u.test(text)
  if (!isText(id)) return `an id has 1 to ${textLimit} whole characters`
  if (!isText(address)) return `the address of ${id} has 1 to ${textLimit} whole characters`
  if (!/^[0-9a-f]{32}$/.test(incarnation)) return `the incarnation of ${id} is not 32 hex digits`
  return suffrages.has(suffrage) ? undefined : `the suffrage of ${id} is unknown`
}

const suffrages: ReadonlySet<string> = new Set<Suffrage>(['voter', 'nonVoter', 'staging'])

function changedVoters(current: Configuration, wanted: Configuration): number {
  const before = voterNames(current)
  const after = voterNames(wanted)
  const added = [...after].filter((name) => !before.has(name)).length
  return added + [...before].filter((name) => !after.has(name)).length
}

function voterNames(configuration: Configuration): Set<string> {
  return new Set(
    voterLists(configuration).flatMap((voters) => voters.map(({ id, incarnation }) => `${id} ${incarnation}`)),
  )
}

function sortById(servers: readonly Server[]): readonly Server[] {
  return [...servers].sort((a, b) => (a.id < b.id ? -1 : 1))
}
