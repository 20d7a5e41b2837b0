import { type PlacedConfiguration, replicatedServers, type Suffrage } from '../configuration.ts'
import type { LogPosition } from '../entry.ts'
import { latestConfiguration, type RaftState } from '../step/state.ts'
import type { LogIndex, Member, ServerId, Term, TimeMs } from '../types.ts'

/** Where a node stands. A copy: it does not change. */
export interface RaftStatus {
  readonly id: ServerId
  /** `forming` while there is no cluster. */
  readonly role: 'forming' | 'follower' | 'preCandidate' | 'candidate' | 'leader'
  readonly term: Term
  readonly leader: Member | undefined
  readonly clusterId: string
  readonly epoch: number
  readonly commitIndex: LogIndex
  readonly appliedIndex: LogIndex
  readonly lastIndex: LogIndex
  readonly durableIndex: LogIndex
  readonly snapshot: LogPosition
  readonly configuration: PlacedConfiguration | undefined
  /** The other members, as the leader sees them; a follower knows only who they are. */
  readonly peers: readonly PeerStatus[]
}

export interface PeerStatus {
  readonly id: ServerId
  readonly address: string
  readonly suffrage: Suffrage
  /** Of the leader only. */
  readonly progress: PeerProgress | undefined
}

export interface PeerProgress {
  readonly mode: 'probe' | 'replicate' | 'snapshot'
  readonly matchIndex: LogIndex
  readonly nextIndex: LogIndex
  readonly inflightMessages: number
  readonly inflightBytes: number
  /** Milliseconds since the start of the newest round that it answered. */
  readonly lastContactMs: number
}

export function statusOf(state: RaftState, appliedIndex: LogIndex, now: TimeMs): RaftStatus {
  const { role } = state
  const placed = latestConfiguration(state)
  const others = replicatedServers(placed.configuration).filter(({ id }) => id !== state.self.id)
  return {
    id: state.self.id,
    role: role.kind,
    term: state.term,
    leader: role.kind === 'leader' ? state.self : role.kind === 'follower' ? role.leader : undefined,
    clusterId: state.clusterId,
    epoch: state.epoch,
    commitIndex: state.commit,
    appliedIndex,
    lastIndex: state.log.lastIndex,
    durableIndex: state.log.durableIndex,
    snapshot: state.snapshot,
    configuration: placed,
    peers: others.map(({ id, address, suffrage }) => ({ id, address, suffrage, progress: progressOf(state, id, now) })),
  }
}

/** Of a node that has no cluster yet. */
export function formingStatus(id: ServerId): RaftStatus {
  return {
    id,
    role: 'forming',
    term: 0,
    leader: undefined,
    clusterId: '',
    epoch: 0,
    commitIndex: 0,
    appliedIndex: 0,
    lastIndex: 0,
    durableIndex: 0,
    snapshot: { index: 0, term: 0 },
    configuration: undefined,
    peers: [],
  }
}

function progressOf(state: RaftState, id: ServerId, now: TimeMs): PeerProgress | undefined {
  const progress = state.role.kind === 'leader' ? state.role.peers.get(id) : undefined
  return (
    progress && {
      mode: progress.mode,
      matchIndex: progress.match,
      nextIndex: progress.next,
      inflightMessages: progress.inflight.length,
      inflightBytes: progress.inflightBytes,
      lastContactMs: now - progress.contactAt,
    }
  )
}
