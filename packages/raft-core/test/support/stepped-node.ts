import {
  type Configuration,
  type EntryType,
  encodeConfiguration,
  encodeEntry,
  type Entry,
  type HardState,
  initialHardState,
  type LogPosition,
  type Member,
  type Message,
  protocolVersion,
  type RaftEvent,
  type RaftLimits,
  type RaftState,
  type RaftTiming,
  type Role,
  type Server,
  type ServerId,
  type Suffrage,
} from 'raft-core'
import { expect } from 'vitest'
import { completeOptions } from '../../src/driver/options.ts'
import type { Effect, SendEffect, WriteEffect } from '../../src/step/effect.ts'
import type { Input } from '../../src/step/input.ts'
import { newState } from '../../src/step/new-state.ts'
import { nextDeadline, step } from '../../src/step/step.ts'

/** The incarnation that a server has unless a test says otherwise. */
export const incarnationOf = (id: ServerId, life = 0): string => `${id.slice(1)}${life}`.padStart(32, '0')

export const member = (id: ServerId, life = 0): Member => ({ id, incarnation: incarnationOf(id, life) })

export const server = (id: ServerId, suffrage: Suffrage = 'voter', life = 0): Server => ({
  id,
  incarnation: incarnationOf(id, life),
  address: `${id}:1`,
  suffrage,
})

export const configurationOf = (...servers: readonly (Server | ServerId)[]): Configuration => ({
  servers: servers.map((one) => (typeof one === 'string' ? server(one) : one)),
  outgoing: [],
})

/** Entries of these terms from `from` on; equal index and term give equal bytes. */
export const entries = (from: number, ...terms: readonly number[]): readonly Entry[] =>
  terms.map((term, i) => entry(from + i, term))

export const entry = (
  index: number,
  term: number,
  type: EntryType = 'command',
  payload: Uint8Array = new Uint8Array(3),
): Entry => encodeEntry(index, term, type, payload)

export const configurationEntry = (index: number, term: number, configuration: Configuration): Entry =>
  entry(index, term, 'configuration', encodeConfiguration(configuration))

export interface Standing {
  readonly id?: ServerId
  readonly configuration?: Configuration
  readonly hardState?: Partial<HardState>
  /** Terms of the log's entries, the first behind `base`. */
  readonly log?: readonly number[]
  readonly base?: LogPosition
  readonly snapshot?: LogPosition
  readonly timing?: Partial<RaftTiming>
  readonly limits?: Partial<RaftLimits>
}

/** More wakes than any wait has. */
const mostWakes = 10_000

/** A message that left a node, and to whom. */
export type Sent = Message & { readonly to: ServerId }

/** One node's step, with a disk that is as slow as the test wants and messages that leave when they may. */
export class SteppedNode {
  readonly state: RaftState
  now = 10_000
  /** Writes that are not durable yet, oldest first. */
  readonly writes: WriteEffect[] = []
  readonly events: RaftEvent[] = []
  /** Error codes of requests that ended; undefined for those that ended well. */
  readonly answers: Map<number, string | undefined> = new Map()
  #others: Effect[] = []
  #held: SendEffect[] = []
  #sent: Sent[] = []

  constructor(standing: Standing = {}) {
    const { id = 'n1', configuration = configurationOf('n1', 'n2', 'n3'), log = [], timing, limits } = standing
    const { base = { index: 0, term: 0 }, snapshot = base } = standing
    const term = log.at(-1) ?? base.term
    const terms = log.flatMap((now, i) => (now === log[i - 1] ? [] : [{ from: base.index + 1 + i, term: now }]))
    const peers = configuration.servers.map(({ id: peer, address }) => ({ id: peer, address }))
    const { settings } = completeOptions({
      id,
      address: `${id}:1`,
      formation: { chainId: 'c', genesisHash: 'aa', peers, bootstrap: true, isEmpty: true },
      timing: { heartbeatTimeoutMs: 100, electionTimeoutMs: 200, leaderLeaseTimeoutMs: 80, ...timing },
      limits,
    } as unknown as Parameters<typeof completeOptions>[0])
    this.state = newState(
      {
        settings,
        self: member(id),
        clusterId: 'c1',
        log: {
          hardState: { ...initialHardState, term, ...standing.hardState },
          base,
          lastIndex: base.index + log.length,
          terms,
          damaged: undefined,
        },
        snapshot,
        configurations: [{ index: 0, configuration }],
        seed: 1,
      },
      this.now,
    )
  }

  get role(): Role['kind'] {
    return this.state.role.kind
  }

  input(input: Input): this {
    for (const effect of step(this.state, this.now, input)) this.#keep(effect)
    return this
  }

  receive(from: Member | ServerId, message: Message, envelope: object = {}): this {
    const { clusterId, epoch } = this.state
    const sender = typeof from === 'string' ? member(from) : from
    const whole = { version: protocolVersion, clusterId, epoch, from: sender, message, ...envelope }
    return this.input({ kind: 'message', envelope: whole })
  }

  /** Everything that was asked of the disk, or only so many writes of it, survives a crash now. */
  durable(count: number = this.writes.length): this {
    const write = this.writes.splice(0, count).at(-1)?.id
    if (write === undefined) return this
    for (const message of this.#held.filter(({ after }) => after! <= write)) this.#leave(message)
    this.#held = this.#held.filter(({ after }) => after! > write)
    return this.input({ kind: 'durable', write })
  }

  /** Time passes, and the node is woken whenever it wants to be. */
  wait(ms: number): this {
    const end = this.now + ms
    let wakes = 0
    for (let at = nextDeadline(this.state); at <= end; at = nextDeadline(this.state)) {
      if (++wakes > mostWakes) throw new Error('a deadline that has passed stays the next one')
      this.now = Math.max(this.now, at)
      this.input({ kind: 'time', stalledMs: 0 })
    }
    this.now = end
    return this
  }

  /** The process stands still and wakes this much later than it asked to. */
  standStill(ms: number): this {
    this.now = nextDeadline(this.state) + ms
    return this.input({ kind: 'time', stalledMs: ms })
  }

  /** Messages of a kind that left since the last call, oldest first; without a kind all of them. */
  sent<Kind extends Message['kind']>(kind: Kind): readonly Extract<Sent, { kind: Kind }>[] {
    const found = this.#sent.filter((message): message is Extract<Sent, { kind: Kind }> => message.kind === kind)
    this.#sent = this.#sent.filter((message) => message.kind !== kind)
    return found
  }

  /** Other effects of a kind since the last call. */
  asked<Kind extends Effect['kind']>(kind: Kind): readonly Extract<Effect, { kind: Kind }>[] {
    const found = this.#others.filter((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind)
    this.#others = this.#others.filter((effect) => effect.kind !== kind)
    return found
  }

  /** Waits until it asks for pre-votes and grants them: a candidate whose own vote is not durable. */
  campaign(...voters: readonly ServerId[]): this {
    this.wait(this.state.settings.heartbeatTimeoutMs * 2)
    expect(this.role).toBe('preCandidate')
    for (const voter of voters) this.vote(voter, true, true)
    expect(this.role).toBe('candidate')
    return this
  }

  /** Campaigns and wins by these votes; its opening is durable here. */
  lead(...voters: readonly ServerId[]): this {
    this.campaign(...voters).durable()
    for (const voter of voters) this.vote(voter, true)
    expect(this.role).toBe('leader')
    this.durable()
    return this
  }

  vote(from: Member | ServerId, granted: boolean, preVote = false): this {
    const { term } = this.state
    const requestTerm = preVote ? term + 1 : term
    return this.receive(from, {
      kind: 'voteResponse',
      term: preVote ? term : requestTerm,
      requestTerm,
      preVote,
      granted,
    })
  }

  /** A follower answers that it durably has everything through `index`. */
  acknowledge(from: Member | ServerId, index: number, more: { round?: number; term?: number } = {}): this {
    const { term = this.state.term, round = 0 } = more
    const answer = { acceptedIndex: index, durableIndex: index, previousIndex: 0, conflictTerm: 0, conflictIndex: 0 }
    return this.receive(from, { kind: 'appendResponse', term, round, accepted: true, ...answer })
  }

  /** A follower answers a heartbeat of this round. */
  beat(
    from: Member | ServerId,
    round: number,
    more: { sent?: number; accepted?: number; durable?: number } = {},
  ): this {
    const { sent: sentIndex = 0, accepted: acceptedIndex = 0, durable: durableIndex = 0 } = more
    const { term } = this.state
    return this.receive(from, { kind: 'heartbeatResponse', term, round, sentIndex, acceptedIndex, durableIndex })
  }

  /** The leader of `term` appends behind `previous`. */
  append(
    from: ServerId,
    term: number,
    previous: readonly [index: number, term: number],
    list: readonly Entry[],
    commit = 0,
  ): this {
    const [previousIndex, previousTerm] = previous
    const rest = { previousIndex, previousTerm, commit, round: 1, entries: list, remembered: [] }
    return this.receive(from, { kind: 'appendRequest', term, ...rest })
  }

  heartbeat(from: Member | ServerId, term: number, commit = 0): this {
    return this.receive(from, { kind: 'heartbeat', term, round: 1, commit, sentIndex: 0 })
  }

  /** The term of every entry in the log. */
  get terms(): readonly number[] {
    const { base, lastIndex, terms } = this.state.log
    return Array.from(
      { length: lastIndex - base.index },
      (_, i) => terms.findLast((run) => run.from <= base.index + 1 + i)!.term,
    )
  }

  #keep(effect: Effect): void {
    if (effect.kind === 'write') this.writes.push(effect)
    else if (effect.kind === 'event') this.events.push(effect.event)
    else if (effect.kind === 'answered') this.answers.set(effect.request, effect.error?.code)
    else if (effect.kind !== 'send') this.#others.push(effect)
    else if (effect.after === undefined) this.#leave(effect)
    else this.#held.push(effect)
  }

  #leave({ to, message }: SendEffect): void {
    this.#sent.push({ ...message, to })
  }
}
