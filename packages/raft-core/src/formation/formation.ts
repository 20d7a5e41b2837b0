import { type Configuration, findServer, type Server, voterLists } from '../configuration.ts'
import type { FoundingRecord, Identity } from '../founding.ts'
import { clusterIdOf } from '../codec/founding.ts'
import type { Envelope, FormationMessage, Identify, MemberStage } from '../message.ts'
import type { Sha256 } from '../ports/hash.ts'
import type { TransportPeer } from '../ports/transport.ts'
import { isSameMember, type Member, type ServerId, type TimeMs } from '../types.ts'
import { peersHashOf } from './peers-hash.ts'

/** How often a node without a cluster asks its peers. */
const askEveryMs = 200

/** What a node must know to found a cluster or to come back to one. */
export interface FormationSettings {
  readonly identity: Identity
  /** Advertised, `host:port`. */
  readonly address: string
  readonly chainId: string
  /** Hex SHA-256 of the genesis. */
  readonly genesisHash: string
  /** Everybody who shall found the cluster, this node included. */
  readonly peers: readonly TransportPeer[]
  /** Whether this node may found a cluster, or only join one that knows it. */
  readonly mayFound: boolean
  readonly sha256: Sha256
}

/**
 * A node that has no cluster yet. Only `formationStep` changes it.
 *
 * All listed peers must have answered before anybody promises, all must have promised before anybody votes, and one founded
 * peer is enough to finish: so wiping some members can never found a second cluster (design, section 4).
 */
export interface FormationState {
  readonly settings: FormationSettings
  /** The founding that this node promised. */
  record: FoundingRecord | undefined
  isRecordDurable: boolean
  /** Latest word of each peer. */
  readonly answers: Map<ServerId, Answer>
  askAt: TimeMs
  reported: string
}

interface Answer {
  readonly member: Member
  readonly identify: Identify
}

export type FormationInput =
  | { readonly kind: 'message'; readonly envelope: Envelope }
  | { readonly kind: 'peerUp'; readonly id: ServerId }
  | { readonly kind: 'recordDurable' }
  | { readonly kind: 'time' }

export type FormationEffect =
  | { readonly kind: 'send'; readonly to: ServerId; readonly message: FormationMessage }
  /** Write the record, or its absence, and answer with `recordDurable`. */
  | { readonly kind: 'persist'; readonly record: FoundingRecord | undefined }
  /** The cluster exists and this node belongs to it: write the record and run Raft. Nothing else follows. */
  | { readonly kind: 'founded'; readonly record: FoundingRecord }
  /** Why there is no cluster yet; repeated only when it changes. */
  | { readonly kind: 'waiting'; readonly reason: string }

export function newFormation(
  settings: FormationSettings,
  promised: FoundingRecord | undefined,
  now: TimeMs,
): FormationState {
  return { settings, record: promised, isRecordDurable: true, answers: new Map(), askAt: now, reported: '' }
}

/** One thing that happened to a node without a cluster, and what follows. Synchronous and pure, like the step. */
export function formationStep(state: FormationState, now: TimeMs, input: FormationInput): readonly FormationEffect[] {
  const effects: FormationEffect[] = []
  if (input.kind === 'message') listen(state, input.envelope, effects)
  if (input.kind === 'recordDurable') state.isRecordDurable = true
  if (input.kind === 'peerUp') ask(state, input.id, effects)
  const isDue = now >= state.askAt
  if (isDue) {
    state.askAt = now + askEveryMs
    for (const { id } of others(state)) ask(state, id, effects)
  }
  if (state.isRecordDurable) decide(state, effects, isDue, input.kind === 'recordDurable')
  return effects
}

function listen(state: FormationState, { from, message }: Envelope, effects: FormationEffect[]): void {
  if (message.kind !== 'identify') return
  state.answers.set(from.id, { member: from, identify: message })
  if (message.answerWanted) effects.push({ kind: 'send', to: from.id, message: identifyMyself(state, false) })
}

function decide(state: FormationState, effects: FormationEffect[], mayAdmit: boolean, hasNews: boolean): void {
  const founded = [...state.answers.values()].filter(({ identify }) => identify.stage === 'founded')
  if (founded.length > 0) return joinCluster(state, founded, effects, mayAdmit)
  if (state.record !== undefined) return finishPromise(state, state.record, effects, hasNews)
  const obstacle = obstacleToPromise(state)
  if (obstacle !== undefined) return report(state, obstacle, effects)
  persist(state, makeRecord(state), effects)
}

/** A cluster exists: finish the founding that names this directory, join once admitted, or ask to be. */
function joinCluster(
  state: FormationState,
  founded: readonly Answer[],
  effects: FormationEffect[],
  mayAdmit: boolean,
): void {
  const { identity } = state.settings
  const clusters = new Set(founded.map(({ identify }) => identify.record?.clusterId))
  if (clusters.size > 1) return report(state, 'the listed peers belong to different clusters', effects)
  const answer = founded[0]!
  const { record, chainId, genesisHash } = answer.identify
  if (record === undefined || chainId !== state.settings.chainId || genesisHash !== state.settings.genesisHash) {
    return report(state, `${answer.member.id} belongs to a cluster of another chain or genesis`, effects)
  }
  const configurations = founded.flatMap(({ identify }) => identify.configuration ?? [])
  const known = configurations.flatMap((configuration) => findServer(configuration, identity.id) ?? [])
  const isFounder = record.servers.some((server) => isSameMember(server, identity))
  if (isFounder || known.some((server) => isSameMember(server, identity))) {
    effects.push({ kind: 'founded', record: { ...record, stage: 'founded' } })
    return
  }
  if (known.length === 0) {
    return report(state, `the cluster does not know ${identity.id}; add it with "raft add"`, effects)
  }
  report(
    state,
    `the cluster knows this node under a lost directory; waiting ${obstacleToAdmission(founded, configurations)}`,
    effects,
  )
  if (mayAdmit) askToBeAdmitted(state, founded, effects)
}

/** What an applicant waits for: its turn, or voters without whom there is no leader to admit it. */
function obstacleToAdmission(founded: readonly Answer[], configurations: readonly Configuration[]): string {
  if (founded.some(({ identify }) => identify.leaderId !== undefined)) return 'to be admitted as a learner'
  const isThere = (server: Server): boolean => founded.some(({ member }) => isSameMember(server, member))
  const missing = new Map(
    configurations.flatMap(voterLists).flatMap((voters) => voters.filter((voter) => !isThere(voter)).map(nameOf)),
  )
  if (missing.size === 0) return 'for a leader to admit it'
  return `for a leader to admit it; these voters are not there with the directories they had: ${[...missing.values()].join(', ')}`
}

function nameOf({ id, address }: Server): readonly [ServerId, string] {
  return [id, `${id} at ${address}`]
}

function askToBeAdmitted(state: FormationState, founded: readonly Answer[], effects: FormationEffect[]): void {
  const { identity, address, chainId, genesisHash } = state.settings
  const server: Server = { id: identity.id, incarnation: identity.incarnation, address, suffrage: 'staging' }
  const leaders = new Set(founded.flatMap(({ identify }) => identify.leaderId ?? []))
  for (const to of leaders) effects.push({ kind: 'send', to, message: { kind: 'admit', server, chainId, genesisHash } })
}

/** Everybody promised the same: the cluster is founded. Somebody lost what was promised: start over. */
function finishPromise(
  state: FormationState,
  record: FoundingRecord,
  effects: FormationEffect[],
  hasNews: boolean,
): void {
  if (hasNews) for (const { id } of others(state)) ask(state, id, effects)
  const answers = others(state).map(({ id }) => state.answers.get(id))
  const hasPromised = (answer: Answer | undefined): boolean =>
    answer?.identify.stage === 'promised' && answer.identify.record?.clusterId === record.clusterId
  if (answers.every(hasPromised)) {
    effects.push({ kind: 'founded', record: { ...record, stage: 'founded' } })
    return
  }
  const isGone = ({ id, incarnation }: Server): boolean => {
    const now = id === state.settings.identity.id ? state.settings.identity : state.answers.get(id)?.member
    return now !== undefined && now.incarnation !== incarnation
  }
  if (answers.every((answer) => answer !== undefined) && record.servers.some(isGone)) {
    return persist(state, undefined, effects)
  }
  report(
    state,
    waitingFor(state, (answer) => !hasPromised(answer), 'to promise the founding'),
    effects,
  )
}

function obstacleToPromise(state: FormationState): string | undefined {
  const { settings } = state
  if (!settings.mayFound) return 'no peer knows a cluster and this node may not found one; start it with raft.bootstrap'
  const silent = others(state).filter(({ id }) => !state.answers.has(id))
  if (silent.length > 0) return waitingFor(state, (answer) => answer === undefined, 'to answer')
  const peersHash = peersHashOf(settings.peers, settings.sha256)
  for (const { id } of others(state)) {
    const { identify } = state.answers.get(id)!
    if (identify.chainId !== settings.chainId)
      return `${id} is of chain ${identify.chainId}, this node of ${settings.chainId}`
    if (identify.genesisHash !== settings.genesisHash) return `${id} has another genesis`
    if (identify.peersHash !== peersHash) return `${id} lists other peers or addresses`
    if (identify.stage === 'waiting') return `${id} is not told to found a cluster; start it with raft.bootstrap`
    if (identify.stage === 'promised' && identify.record?.clusterId !== makeRecord(state).clusterId) {
      return `${id} has promised a founding that this node is not part of, and waits until all can drop it`
    }
  }
  return undefined
}

function makeRecord(state: FormationState): FoundingRecord {
  const { identity, peers, chainId, genesisHash, sha256 } = state.settings
  const servers = peers.map(({ id, address }): Server => {
    const { incarnation } = id === identity.id ? identity : state.answers.get(id)!.member
    return { id, incarnation, address, suffrage: 'voter' }
  })
  servers.sort((a, b) => (a.id < b.id ? -1 : 1))
  const clusterId = clusterIdOf(chainId, genesisHash, servers, sha256)
  return { chainId, genesisHash, servers, clusterId, stage: 'promised', epoch: 0 }
}

function persist(state: FormationState, record: FoundingRecord | undefined, effects: FormationEffect[]): void {
  state.record = record
  state.isRecordDurable = false
  effects.push({ kind: 'persist', record })
}

function ask(state: FormationState, to: ServerId, effects: FormationEffect[]): void {
  effects.push({ kind: 'send', to, message: identifyMyself(state, true) })
}

function identifyMyself(state: FormationState, answerWanted: boolean): Identify {
  const { settings, record, isRecordDurable } = state
  const promised = isRecordDurable ? record : undefined
  const stage: MemberStage = promised ? 'promised' : settings.mayFound ? 'empty' : 'waiting'
  return {
    kind: 'identify',
    chainId: settings.chainId,
    genesisHash: settings.genesisHash,
    peersHash: peersHashOf(settings.peers, settings.sha256),
    stage,
    address: settings.address,
    record: promised,
    configuration: undefined,
    leaderId: undefined,
    answerWanted,
    bootCounter: settings.identity.bootCounter,
    bootNonce: settings.identity.bootNonce,
  }
}

function others(state: FormationState): readonly TransportPeer[] {
  return state.settings.peers.filter(({ id }) => id !== state.settings.identity.id)
}

function waitingFor(state: FormationState, isMissing: (answer: Answer | undefined) => boolean, what: string): string {
  const missing = others(state).filter(({ id }) => isMissing(state.answers.get(id)))
  return `waiting for ${missing.map(({ id, address }) => `${id} at ${address}`).join(', ')} ${what}`
}

function report(state: FormationState, reason: string, effects: FormationEffect[]): void {
  if (state.reported === reason) return
  state.reported = reason
  effects.push({ kind: 'waiting', reason })
}
