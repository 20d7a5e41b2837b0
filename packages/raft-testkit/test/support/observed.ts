import {
  type Configuration,
  encodeEntry,
  type Entry,
  type Envelope,
  type HardState,
  initialHardState,
  type Message,
  type Progress,
  type RaftState,
  type Role,
} from 'raft-core'
import { allInvariants, type ClusterObservation, type Invariant, type NodeObservation, Violation } from 'raft-testkit'
import { expect } from 'vitest'

type Leader = Extract<Role, { kind: 'leader' }>

const configuration: Configuration = {
  servers: ['n1', 'n2', 'n3'].map((id) => ({ id, incarnation: `${id}-a`, address: `${id}:1`, suffrage: 'voter' })),
  outgoing: [],
}

/** A node at a glance: terms of its log entries, from 1 on, and what else differs from an idle follower. */
export interface Sketch {
  readonly id?: string
  readonly incarnation?: string
  readonly boot?: string
  readonly term?: number
  readonly votedFor?: string
  readonly log?: readonly number[]
  readonly base?: { readonly index: number; readonly term: number }
  readonly commit?: number
  readonly applicable?: number
  readonly applied?: number
  readonly durable?: number
  readonly snapshot?: { readonly index: number; readonly term: number }
  readonly leads?: boolean
  readonly peers?: Readonly<Record<string, Partial<Progress>>>
  readonly appliedAhead?: number
}

export function node(sketch: Sketch = {}): NodeObservation {
  const { id = 'n1', log = [], base = { index: 0, term: 0 }, term = log.at(-1) ?? base.term } = sketch
  const { incarnation = `${id}-a`, boot = incarnation, commit = base.index, applicable = commit } = sketch
  const lastIndex = base.index + log.length
  const state: RaftState = {
    settings: {
      heartbeatTimeoutMs: 100,
      electionTimeoutMs: 100,
      leaderLeaseTimeoutMs: 80,
      chainId: 'c',
      genesisHash: 'aa',
      crc32: () => 0,
      limits: {
        entryBytes: 100,
        appendBytes: 100,
        inflightMessages: 2,
        inflightBytes: 200,
        uncommittedBytes: 1000,
        cacheBytes: 1000,
        appliedAheadEntries: sketch.appliedAhead ?? 1024,
      },
    },
    self: { id, incarnation },
    clusterId: '',
    epoch: 0,
    term,
    votedFor: sketch.votedFor === undefined ? undefined : { id: sketch.votedFor, incarnation: sketch.votedFor },
    floor: undefined,
    remembered: [],
    log: {
      base,
      lastIndex,
      terms: log.flatMap((entryTerm, i) =>
        i > 0 && log[i - 1] === entryTerm ? [] : [{ from: base.index + 1 + i, term: entryTerm }],
      ),
      tail: [],
      tailBytes: 0,
      durableIndex: sketch.durable ?? lastIndex,
    },
    configurations: [{ index: 0, configuration }],
    snapshot: sketch.snapshot ?? base,
    commit,
    applicable,
    gone: new Set(),
    role: sketch.leads ? leader(sketch, lastIndex) : follower,
    readiness: { isReady: true, lag: 0 },
    writes: [],
    nextWrite: 1,
    hardStateWrite: undefined,
    random: { state: 1 },
  }
  return { id, incarnation, boot, state, appliedIndex: sketch.applied ?? base.index }
}

const follower: Role = {
  kind: 'follower',
  leader: undefined,
  heardAt: 0,
  isLeaderSuspected: false,
  campaignAt: 0,
  preVoteBackoffMs: 10,
  acceptedIndex: 0,
}

function leader({ peers = {} }: Sketch, lastIndex: number): Leader {
  const progress = (part: Partial<Progress>): Progress => ({
    incarnation: 'a',
    mode: 'replicate',
    match: 0,
    next: lastIndex + 1,
    inflight: [],
    inflightBytes: 0,
    probeSentAt: undefined,
    isReading: false,
    round: 0,
    contactAt: 0,
    commitSent: 0,
    ...part,
  })
  return {
    kind: 'leader',
    peers: new Map(Object.entries(peers).map(([id, part]) => [id, progress(part)])),
    openingIndex: 1,
    round: 1,
    rounds: [],
    heartbeatAt: 0,
    quorumAt: 0,
    stalledMs: 0,
    uncommittedBytes: 0,
    reads: [],
    transfer: undefined,
    jointRequest: undefined,
  }
}

/** Disks by incarnation: terms of their entries from 1 on, and their hard state. */
export function disks(
  held: Readonly<Record<string, { readonly log?: readonly number[]; readonly hardState?: Partial<HardState> }>>,
  leading?: NodeObservation,
): ClusterObservation {
  return {
    durableTerm: (_id, incarnation, index) => held[incarnation]?.log?.[index - 1],
    durableIndex: (_id, incarnation) => held[incarnation]?.log?.length ?? 0,
    durableHardState: (_id, incarnation) =>
      held[incarnation] && { ...initialHardState, ...held[incarnation].hardState },
    leader: (term) => (leading?.state.term === term ? leading : undefined),
  }
}

export const noDisks: ClusterObservation = disks({})

export function entry(index: number, term: number, text = ''): Entry {
  return encodeEntry(index, term, 'command', new TextEncoder().encode(text))
}

export function envelope(message: Message, id = 'n1'): Envelope {
  return { version: 1, clusterId: '', epoch: 0, from: { id, incarnation: `${id}-a` }, message }
}

/** A fresh invariant by its name. */
export function invariant(name: string): Required<Invariant> {
  const found = allInvariants().find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`no invariant is called ${name}`)
  return found as Required<Invariant>
}

/** Expects a violation of this invariant and of no other kind. */
export function expectViolation(of: Invariant, act: () => void): void {
  let thrown: unknown
  try {
    act()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(Violation)
  expect((thrown as Violation).invariant).toBe(of.name)
}
